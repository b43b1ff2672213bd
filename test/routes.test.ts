import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../protocol/api/audit.js';
import { ROLES, type Role } from '../protocol/api/session.js';
import {
  type Carried,
  FOREIGN,
  FOREIGN_WORD,
  NOWHERE,
  PUBLIC_ADDRESSES,
  ROUTE_ENTRIES,
  type RouteEntry,
} from './support/route-entries.js';
import { OWN_PAGE, RouteStage } from './support/route-stage.js';

const HOW = `Add it to test/support/route-entries.ts: who may use it (roles), what a good request carries (params, query, body)
and, where the role company may use it and the request names something, \`foreign\`: the same about what belongs to the company
\`zweite\`. What a test needs to exist is made in test/support/route-stage.ts.`;

/** Every route that the running collector has, with every role, nobody, newcomers, and another company's ids. */
describe('every route', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-routes-'));
  const stage = new RouteStage(folder);
  const entries = Object.entries(ROUTE_ENTRIES);
  const guarded = entries.filter(([, { roles }]) => roles !== 'anyone');
  const ofCompanies = guarded.filter(([, { roles }]) => roles.includes('company' as never));

  beforeAll(() => stage.start(), 180_000);
  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  test('has an entry, and every entry is of a route', () => {
    const served = stage.routes
      .filter(({ method, url }) => method !== 'HEAD' && !PUBLIC_ADDRESSES.some((address) => address.test(url)))
      .map(({ method, url }) => `${method} ${url}`);
    const missing = served.filter((route) => ROUTE_ENTRIES[route] === undefined);
    expect(missing, `routes without an entry: ${missing.join(', ')}. ${HOW}`).toEqual([]);
    const gone = Object.keys(ROUTE_ENTRIES).filter((route) => !served.includes(route));
    expect(gone, `entries of routes that are no more: ${gone.join(', ')}`).toEqual([]);
  });

  test('that names something and is for companies says what belongs to the other one', () => {
    const bare = ofCompanies.filter(([route, { query, body, foreign }]) => {
      const isOwn = route.includes(' /api/v1/session');
      return !isOwn && (route.includes('/:') || query !== undefined || body !== undefined) && foreign === undefined;
    });
    expect(
      bare.map(([route]) => route),
      HOW,
    ).toEqual([]);
  });

  describe.each(guarded)('%s', (route, entry) => {
    test('knows nobody, and no token that does not hold', async () => {
      expect(await stage.code(route, entry, {})).toBe('AUTH_REQUIRED');
      expect(await stage.code(route, entry, { authorization: 'Bearer hin_000000000000_nonsense' })).toBe(
        'AUTH_REQUIRED',
      );
      expect(await stage.code(route, entry, { authorization: `Bearer ${stage.expiredToken}` })).toBe('AUTH_REQUIRED');
      expect(await stage.code(route, entry, { cookie: 'hinomi_session=nonsense' }, true)).toBe('AUTH_REQUIRED');
    });

    test.each(ROLES)('is for its roles: %s', async (role) => {
      const isAllowed = (entry.roles as readonly Role[]).includes(role);
      const byToken = await stage.code(route, entry, stage.asRole(role));
      expect(byToken === 'AUTH_FORBIDDEN').toBe(!isAllowed || entry.isForPeople === true || entry.isLocal === true);
      const byPerson = await stage.code(route, entry, await stage.asPerson(role), true);
      // The collector of these tests wants a second step of its staff: nobody of them may take it away.
      const isKept = route.endsWith('/totp/remove') && role !== 'company';
      expect(byPerson === 'AUTH_FORBIDDEN').toBe(!isAllowed || isKept || entry.isLocal === true);
      for (const code of [byToken, byPerson]) {
        expect(code).not.toBe('AUTH_REQUIRED');
        // Otherwise the entry's request is not a good one, and shows nothing.
        if (isAllowed) expect(code).not.toBe('INPUT_INVALID');
      }
    });

    test.each([
      ['code', 'AUTH_CODE_REQUIRED'],
      ['password', 'AUTH_PASSWORD_MUST_CHANGE'],
      ['set-up', 'AUTH_TOTP_MUST_SET_UP'],
    ] as const)('waits until this is done, where it does not say otherwise: %s', async (todo, refusal) => {
      const code = await stage.code(route, entry, await stage.asUnfinished(todo), true);
      expect(code === refusal).toBe(entry.isFor?.includes(todo) !== true);
    });

    test('changes nothing for a page of another site', async () => {
      if (route.startsWith('GET ')) return;
      for (const origin of ['http://evil.example', 'null', undefined]) {
        const headers = { ...(await stage.asPerson('admin')), ...(origin === undefined ? {} : { origin }) };
        expect(await stage.code(route, entry, headers)).toBe('AUTH_FORBIDDEN');
      }
    });

    test('is in the audit log', async () => {
      const before = await stage.audit();
      const { statusCode } = await stage.ask(route, entry, { ...(await stage.asPerson('admin')), ...OWN_PAGE });
      if (statusCode >= 400 || entry.look === null) return;
      const [method, url] = route.split(' ');
      const look = entry.look ?? url;
      const isTold = async (): Promise<boolean> =>
        (await stage.audit()).some(({ who, what }) => who === 'admin' && what === look);
      // A look is written beside its answer.
      if (method === 'GET') await expect.poll(isTold, { timeout: 5_000 }).toBe(true);
      else expect(countOf(await stage.audit(), 'admin')).toBeGreaterThan(countOf(before, 'admin'));
    });

    test('is no way in by HEAD', async () => {
      if (!route.startsWith('GET ')) return;
      const { statusCode } = await stage.ask(route.replace('GET', 'HEAD'), entry, {});
      expect([401, 404]).toContain(statusCode);
    });
  });

  describe.each(ofCompanies)('%s', (route, entry) => {
    test('tells a company nothing of another', async () => {
      const { text } = await stage.ask(route, entry, stage.asRole('company'));
      expect(text).not.toMatch(FOREIGN_WORD);
    });

    test.each(entry.foreign ?? [])('does not tell whether what another has exists: %j', async (foreign) => {
      const theirs = await stage.ask(route, { ...entry, ...foreign }, stage.asRole('company'));
      const none = await stage.ask(route, { ...entry, ...renamed(foreign) }, stage.asRole('company'));
      expect(withoutIds(theirs.text)).toEqual(withoutIds(none.text));
      expect(theirs.statusCode).toBe(none.statusCode);
      expect(theirs.text.replaceAll(new RegExp(Object.values(FOREIGN).join('|'), 'g'), '')).not.toMatch(FOREIGN_WORD);
      // Staff see it, so that the request is known to be a good one.
      const staff = (entry.roles as readonly Role[]).includes('soc') ? 'soc' : 'admin';
      expect((await stage.ask(route, { ...entry, ...foreign }, stage.asRole(staff))).code).not.toBe('FLEET_NOT_FOUND');
    });
  });

  test('of the fleet and the records shows them to the SOC: what is hidden from companies is there', async () => {
    for (const route of ['GET /api/v1/companies', 'GET /api/v1/sites', 'GET /api/v1/events']) {
      const { text } = await stage.ask(route, ROUTE_ENTRIES[route] as RouteEntry, stage.asRole('soc'));
      expect(text).toMatch(FOREIGN_WORD);
    }
  });
});

function countOf(entries: readonly AuditEntry[], name: string): number {
  return entries.filter(({ who }) => who === name).length;
}

function renamed(carried: Carried): Carried {
  let text = JSON.stringify(carried);
  for (const kind of Object.keys(FOREIGN) as Array<keyof typeof FOREIGN>)
    text = text.replaceAll(new RegExp(`${FOREIGN[kind]}(?![\\w-])`, 'g'), NOWHERE[kind]);
  return JSON.parse(text) as Carried;
}

/** An answer repeats the id that was asked for, and how long it took. */
function withoutIds(text: string): string {
  const ids = [...Object.values(FOREIGN), ...Object.values(NOWHERE)].sort((a, b) => b.length - a.length);
  return text
    .replaceAll(new RegExp(ids.join('|'), 'g'), 'ID')
    .replaceAll(/"tookMs":\d+/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
}
