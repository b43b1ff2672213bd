import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { en } from '../collector/console/src/texts-en.js';
import { ja } from '../collector/console/src/texts-ja.js';
import { ConsoleStage } from './support/console-stage.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const NEW_PASSWORD = 'a lookout on the tower';
const hasChromium = existsSync(CHROMIUM);

/** One visit of a member of the SOC, step after step: each test goes on where the one before it ended. */
describe.skipIf(!hasChromium)(
  `the console${hasChromium ? '' : ` (skipped: no ${CHROMIUM}; apt install chromium)`}`,
  () => {
    const stage = new ConsoleStage();
    const broken: string[] = [];
    let browser: Browser;
    let page: Page;
    const query = (): ReturnType<Page['getByLabel']> => page.getByRole('textbox', { name: ja.query });
    const rows = (): ReturnType<Page['locator']> => page.locator('tbody tr');
    const ask = async (text: string): Promise<void> => {
      await page.getByRole('main').press('/');
      await query().fill(text);
      await query().press('Enter');
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

    test('a wrong password is refused in words', async () => {
      await page.getByLabel(ja.name).fill('admin');
      await page.getByLabel(ja.password).fill('not the password');
      await page.getByRole('button', { name: ja.signIn }).click();
      await page.getByText(ja.errors.AUTH_FAILED).waitFor();
    });

    test('a one-time password must be replaced, by one that is long enough and typed twice', async () => {
      await page.getByLabel(ja.password).fill(stage.password);
      await page.getByRole('button', { name: ja.signIn }).click();
      await page.getByLabel(ja.currentPassword).fill(stage.password);
      await page.getByLabel(ja.newPassword, { exact: true }).fill('short');
      await page.getByLabel(ja.newPasswordAgain).fill('short');
      await page.getByRole('button', { name: ja.save }).click();
      await page.getByText(ja.passwordShort, { exact: true }).waitFor();
      await page.getByLabel(ja.newPassword, { exact: true }).fill(NEW_PASSWORD);
      await page.getByRole('button', { name: ja.save }).click();
      await page.getByText(ja.passwordsDiffer).waitFor();
      await page.getByLabel(ja.newPasswordAgain).fill(NEW_PASSWORD);
      await page.getByRole('button', { name: ja.save }).click();
      await query().waitFor();
    });

    test('the site is connected, and its records come by themselves', async () => {
      const site = page.getByRole('button', { name: stage.siteName });
      await site.getByText(ja.connected, { exact: true }).waitFor();
      await rows().filter({ hasText: 'dns' }).first().waitFor();
      expect(await rows().first().textContent()).toContain(stage.siteName);
    });

    test('a query narrows the records', async () => {
      await ask('event.dataset:flow AND network.transport:tcp');
      await page.getByText(ja.loading).waitFor({ state: 'detached' });
      await rows().filter({ hasText: 'dns' }).first().waitFor({ state: 'detached' });
      await rows().filter({ hasText: 'tcp' }).first().waitFor();
    });

    test('a click on the site writes it into the query', async () => {
      await page.getByRole('button', { name: stage.siteName }).click();
      await expect.poll(() => query().inputValue()).toContain(`hinomi.site:${stage.site}`);
      await rows().filter({ hasText: 'tcp' }).first().waitFor();
    });

    test('a mistake in the query is explained and marked where it is', async () => {
      await ask('event.dataset:dns AND sorce.ip:10.0.0.1');
      await page.getByRole('alert').filter({ hasText: 'source.ip' }).waitFor();
      expect(await page.locator('mark').textContent()).toMatch(/^sorce\.ip/);
    });

    test('a record opens with every field, and a value goes into the query', async () => {
      await ask('event.dataset:dns');
      await rows().filter({ hasText: 'dns' }).first().click();
      const details = page.getByRole('complementary', { name: ja.details });
      await details.getByText('dns.question.name', { exact: true }).waitFor();
      await details.getByRole('button', { name: `${ja.excludeFromQuery}: dns.question.type` }).click();
      await expect.poll(() => query().inputValue()).toMatch(/^event\.dataset:dns AND NOT dns\.question\.type:\w+$/);
      await page.keyboard.press('Escape');
      await details.waitFor({ state: 'detached' });
    });

    test('the language is switched and remembered', async () => {
      await page.getByRole('button', { name: ja.language }).click();
      await page.getByRole('textbox', { name: en.query }).waitFor();
      await page.reload();
      await page.getByRole('textbox', { name: en.query }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
    });

    test('a session that ended leads back to sign-in, and the typed query survives', async () => {
      const box = page.getByRole('textbox', { name: en.query });
      await box.fill('network.transport:udp and not yet run');
      await page.context().clearCookies();
      await page.getByLabel(en.password).fill(NEW_PASSWORD);
      await page.getByLabel(en.name).fill('admin');
      await page.getByRole('button', { name: en.signIn }).click();
      await expect.poll(() => box.inputValue()).toBe('network.transport:udp and not yet run');
    });

    test('signing out ends at the door', async () => {
      await page.getByRole('button', { name: en.signOut }).click();
      await page.getByRole('button', { name: en.signIn }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: en.signIn }).waitFor();
    });

    test('nothing broke in the browser on the way', () => {
      expect(broken).toEqual([]);
    });
  },
);
