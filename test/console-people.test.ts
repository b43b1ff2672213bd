import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ja } from '../collector/console/src/texts-ja.js';
import { totpCode, totpStep } from '../collector/users/totp.js';
import { PeopleStage } from './support/people-stage.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const PASSWORD = 'a lookout on the tower';
const NAME = '花子';
const hasChromium = existsSync(CHROMIUM);
const { access } = ja;

/** An administrator's first days: each test goes on where the one before it ended. */
describe.skipIf(!hasChromium)(`the console for people${hasChromium ? '' : ` (skipped: no ${CHROMIUM})`}`, () => {
  const stage = new PeopleStage();
  const broken: string[] = [];
  let browser: Browser;
  let page: Page;
  let secret = '';
  let recoveryCodes: string[] = [];
  /** Of the next half minute: the present one may have been used, and the next is taken as well. */
  const nextCode = (): string => totpCode(secret, totpStep(Date.now()) + 1);
  const press = (name: string, exact = true): Promise<void> => page.getByRole('button', { name, exact }).click();
  const dialog = (): Locator => page.getByRole('dialog');
  const row = (name: string): Locator => page.locator('tbody tr').filter({ hasText: name });

  const signIn = async (): Promise<void> => {
    await page.getByLabel(ja.name).fill(NAME);
    await page.getByLabel(ja.password).fill(PASSWORD);
    await press(ja.signIn);
    await page.getByRole('heading', { name: access.codeTitle }).waitFor();
  };

  beforeAll(async () => {
    await stage.start();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) broken.push(message.text());
    });
    await page.goto(stage.url);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await stage.close();
  });

  test('after the new password comes the second step, and nothing before it', async () => {
    await page.getByLabel(ja.name).fill(NAME);
    await page.getByLabel(ja.password).fill(stage.password);
    await press(ja.signIn);
    await page.getByLabel(ja.currentPassword).fill(stage.password);
    await page.getByLabel(ja.newPassword, { exact: true }).fill(PASSWORD);
    await page.getByLabel(ja.newPasswordAgain).fill(PASSWORD);
    await press(ja.save);
    await page.getByText(access.setUpMust).waitFor();
    await page.getByRole('img', { name: access.qr }).waitFor();
    expect(await page.getByRole('button', { name: access.manage }).count()).toBe(0);
    secret = ((await page.locator('code.secret').textContent()) ?? '').replaceAll(' ', '');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  test('a wrong code is refused in words, the right one gives recovery codes', async () => {
    await page.getByLabel(access.code).fill('000000');
    await press(access.turnOn);
    await page.getByText(ja.errors.AUTH_CODE_WRONG).waitFor();
    await page.getByLabel(access.code).fill(totpCode(secret, totpStep(Date.now())));
    await press(access.turnOn);
    await page.getByRole('heading', { name: access.recoveryTitle }).waitFor();
    recoveryCodes = ((await page.locator('pre.secret').textContent()) ?? '').split('\n');
    expect(recoveryCodes).toHaveLength(10);
    await press(access.kept);
    await page.getByRole('textbox', { name: ja.query }).waitFor();
  });

  test('signing in again asks for a code; a full-width one is fine', async () => {
    await press(ja.signOut);
    await signIn();
    const fullWidth = nextCode().replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    await page.getByLabel(access.code).fill(fullWidth);
    await press(access.next);
    await page.getByRole('textbox', { name: ja.query }).waitFor();
  });

  test('a recovery code lets in, and the settings say how many are left', async () => {
    await press(ja.signOut);
    await signIn();
    await page.getByLabel(access.code).fill(recoveryCodes[0] ?? '');
    await press(access.next);
    await press(NAME);
    await page.getByText(access.totpOn(9)).waitFor();
    await press(access.back);
  });

  test('a person is added with a one-time password that is shown once', async () => {
    await press(access.manage);
    await page.getByLabel(access.addPerson).getByRole('textbox').fill('太郎');
    await page.getByLabel(access.role).selectOption('company');
    await page.getByLabel(access.company).selectOption('iwate');
    await press(access.add);
    await dialog().getByText(access.oneTime('太郎')).waitFor();
    expect(await dialog().locator('pre.secret').textContent()).toMatch(/^([a-z0-9]{5}-){3}[a-z0-9]{5}$/);
    await press(access.done);
    await row('太郎').getByText('岩手試験工業').waitFor();
    expect(await row(NAME).getByRole('button').count()).toBe(0);
  });

  test('a person is disabled and removed after a question, and a refusal is told', async () => {
    await press(`${access.disable}: 太郎`);
    await dialog().getByText(access.sureDisable('太郎')).waitFor();
    await press(access.yes);
    await row('太郎').getByText(access.isDisabled).waitFor();
    await page.getByLabel(access.addPerson).getByRole('textbox').fill('太郎');
    await page.getByLabel(access.role).selectOption('soc');
    await press(access.add);
    await page.getByText(ja.errors.FLEET_EXISTS).waitFor();
    await press(`${access.remove}: 太郎`);
    await press(access.yes);
    await row('太郎').waitFor({ state: 'detached' });
  });

  test('a token is made, shown once, and revoked', async () => {
    await press(access.tokens);
    await page.getByText(access.noTokens).waitFor();
    await page.getByLabel(access.addToken).getByRole('textbox').fill('月次報告');
    await press(access.add);
    expect(await dialog().locator('pre.secret').textContent()).toMatch(/^hin_[0-9a-f]{12}_/);
    await press(access.done);
    await press(`${access.revoke}: 月次報告`);
    await press(access.yes);
    await page.getByText(access.noTokens).waitFor();
  });

  test('all of it is in the audit log, on the page and on the command line', async () => {
    await press(access.audit);
    await row(access.whats['token revoked'] ?? '').waitFor();
    await page.getByLabel(access.textFilter).fill('太郎');
    await press(access.search);
    await expect.poll(() => page.locator('tbody tr').count()).toBe(3);
    expect(await row(access.whats['user removed'] ?? '').count()).toBe(1);
    expect(await stage.admin('audit', '--who', NAME, '--text', '太郎')).toContain('user removed');
  });

  test('whoever lost everything is helped on the command line', async () => {
    await stage.admin('user', 'reset-totp', NAME);
    await page.reload();
    await page.getByLabel(ja.name).fill(NAME);
    await page.getByLabel(ja.password).fill(PASSWORD);
    await press(ja.signIn);
    await page.getByText(access.setUpMust).waitFor();
  });

  test('nothing broke in the browser on the way', () => {
    expect(broken).toEqual([]);
  });
});
