import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../collector/console/src/texts-en.js';
import { ja } from '../collector/console/src/texts-ja.js';
import { buildConsole } from './support/console-stage.js';
import { RemoteStage, SITE } from './support/remote-stage.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const hasChromium = existsSync(CHROMIUM);
const { remote, letters } = ja;
const REASON = '問い合わせ 1234';
const KEY = 'publish.keepaliveS';
const EVIL = '<img src=x onerror="document.title=\'broken into\'">';

/** Somebody helps an office from afar: each test goes on where the one before it ended. */
describe.skipIf(!hasChromium)(`the console's hand${hasChromium ? '' : ` (skipped: no ${CHROMIUM})`}`, () => {
  const stage = new RemoteStage();
  const broken: string[] = [];
  let browser: Browser;
  let page: Page;
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const newest = (): Locator => page.locator('tbody tr').first();
  const send = async (name: string): Promise<void> => {
    await page.getByRole('radio', { name: remote.names[name] ?? '' }).check();
    await press(remote.sendIt);
    await newest()
      .getByText(remote.names[name] ?? '')
      .waitFor();
  };
  const open = async (role: string, hash: string, company?: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const [name = '', value = ''] = (await stage.signedIn(`the ${role}`, role, company)).split('=');
    await context.addCookies([{ name, value: decodeURIComponent(value), url: stage.url }]);
    const opened = await context.newPage();
    opened.setDefaultTimeout(20_000);
    opened.on('pageerror', (error) => broken.push(error.message));
    opened.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) broken.push(message.text());
    });
    await opened.goto(`${stage.url}/#${hash}`);
    return opened;
  };

  beforeAll(async () => {
    buildConsole();
    await stage.start();
    // Not what would change how much is kept on the box.
    await stage.startAgent({ settings: ['logLevel', 'publish'] });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await open('admin', '');
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await stage.close();
  }, 60_000);

  test("from the list of sites to the site's own page", async () => {
    await page.locator('.site').first().click();
    await press(remote.openOf('本社'));
    await page.getByRole('heading', { name: '本社' }).waitFor();
    await page.getByText(remote.none).waitFor();
    expect(new URL(page.url()).hash).toBe(`#site/${SITE}/commands`);
  });

  test('a capture is asked for with a reason, and its packets are saved', async () => {
    await page.getByRole('radio', { name: remote.names['capture'] ?? '' }).check();
    await page.getByLabel(remote.filter).fill('udp port 53');
    await page.getByLabel(remote.seconds, { exact: true }).fill('３');
    await page.getByLabel(remote.reason).fill(REASON);
    await send('capture');
    await newest().getByText(REASON).waitFor();
    await newest()
      .getByText(remote.states['done'] ?? '', { exact: true })
      .waitFor();
    const saved = page.waitForEvent('download');
    await newest().getByRole('link').click();
    const file = await (await saved).path();
    expect(readFileSync(file).readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(await page.getByLabel(remote.reason).inputValue()).toBe('');
  });

  test('a bundle of diagnostics is collected', async () => {
    await send('diagnostics');
    const saved = page.waitForEvent('download');
    await newest().getByRole('link').click();
    const bundle = JSON.parse(gunzipSync(readFileSync(await (await saved).path())).toString('utf8'));
    expect(bundle).toMatchObject({ v: 1 });
  });

  test('what the box refuses is told in plain words with what to do next', async () => {
    await page.getByRole('radio', { name: remote.names['capture'] ?? '' }).check();
    await page.getByLabel(remote.filter).fill('port 53 and (');
    await page.getByLabel(remote.seconds, { exact: true }).fill('3600');
    await send('capture');
    await newest()
      .getByText(remote.next['REMOTE_FORBIDDEN'] ?? '')
      .waitFor();
    await newest().getByText('policy.capture of this box allows seconds up to 600').waitFor();
    await page.getByLabel(remote.seconds, { exact: true }).fill('5');
    await press(remote.sendIt);
    await newest()
      .getByText(remote.next['CAPTURE_FILTER'] ?? '')
      .waitFor();
    await page.getByLabel(remote.seconds, { exact: true }).fill('0');
    expect(await page.getByRole('button', { name: remote.sendIt, exact: true }).isDisabled()).toBe(true);
  });

  test('a restart is asked about first', async () => {
    await page.getByRole('radio', { name: remote.names['restart'] ?? '' }).check();
    await press(remote.sendIt);
    const dialog = page.getByRole('dialog');
    await dialog.getByText(remote.sureRestart('本社')).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator('tbody tr').count()).toBe(4);
  });

  test('settings are wrong by the name of their field, then saved, tried and kept', async () => {
    await press(remote.config);
    await page.getByText(remote.onlyOwn).waitFor();
    await press(remote.edit);
    await page.getByLabel(remote.addSetting).selectOption(KEY);
    const field = page.locator(`[id="setting-${KEY}"]`);
    await field.fill('4');
    await page.getByText(remote.outOfRange('5', '600')).waitFor();
    expect(await page.getByRole('button', { name: remote.saveConfig }).isDisabled()).toBe(true);
    await field.fill('30');
    await press(remote.saveConfig);
    await page.getByText(remote.saved(1)).waitFor();
    await page.getByText(remote.isKept(1)).waitFor();
  }, 60_000);

  test("what the office's policy forbids is refused, with the version, the key and the reason", async () => {
    await press(remote.edit);
    await page.getByLabel(remote.addSetting).selectOption('spool.syncAll');
    await press(remote.saveConfig);
    const state = page.getByRole('region', { name: remote.now });
    await state.getByText(`${remote.wasRefused(2)} ${remote.runs(1)}`).waitFor();
    await state.getByText('does not allow spool.syncAll').waitFor();
    await state.getByText(remote.forbiddenSetting).waitFor();
  });

  test('and it is taken back to the version before, as a new one', async () => {
    await press(remote.takeBack(1));
    await page.getByText(remote.sureTakeBack(1)).waitFor();
    await press(ja.access.yes);
    await page.getByText(remote.isKept(3)).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(3);
    expect(await newest().getByText(remote.isRunning).count()).toBe(1);
  }, 60_000);

  test('dead letters are counted, paged, shown as text alone, and removed', async () => {
    for (let seq = 0; seq < 60; seq++)
      await stage.deadLetters.add(stage.box, {
        ...{ lane: 'p2', seq, reason: `record ${seq % 2} is not JSON` },
        content: gzipSync(`${EVIL}\u202e${seq}\n`),
      });
    await press(letters.short);
    await page.getByText(letters.total(60)).waitFor();
    await page.getByRole('region', { name: letters.byReason }).getByText('1 番目の記録を読み取れません').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(50);
    await press(letters.older);
    await expect.poll(() => page.locator('tbody tr').count()).toBe(60);
    expect(await page.getByRole('button', { name: letters.older }).count()).toBe(0);
    await newest().getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`${EVIL}\\u{202e}59`).waitFor();
    expect([await dialog.locator('img').count(), await page.title()]).toEqual([0, ja.product]);
    await dialog.getByRole('button', { name: letters.remove }).click();
    await page.getByText(letters.sureRemove).waitFor();
    await press(ja.access.yes);
    await page.getByText(letters.total(59)).waitFor();
    await page.getByRole('button', { name: /の分を全部削除/ }).click();
    await press(ja.access.yes);
    await page.getByText(letters.none).waitFor();
  });

  test('who may not do something is not offered it', async () => {
    const soc = await open('soc', `site/${SITE}/commands`);
    await soc.getByText(remote.readOnly).waitFor();
    expect(await soc.getByRole('radio').count()).toBe(0);
    const support = await open('support', `site/${SITE}/config`);
    await support.getByText(remote.configReadOnly).waitFor();
    expect(await support.getByRole('button', { name: remote.edit }).count()).toBe(0);
    expect(await support.getByRole('button', { name: /^版 \d+ に戻す$/ }).count()).toBe(0);
    const company = await open('company', 'letters', 'test');
    await company.getByRole('textbox', { name: ja.query }).waitFor();
    expect(await company.getByRole('button', { name: letters.short }).count()).toBe(0);
    await support.getByRole('button', { name: ja.language }).click();
    await support.getByText(en.remote.isKept(3)).waitFor();
  }, 60_000);

  test('nothing broke in the browser on the way', () => {
    expect(broken).toEqual([]);
  });
});
