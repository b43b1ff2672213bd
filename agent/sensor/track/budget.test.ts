import { expect, test } from 'vitest';
import { overTcp, recordsOf } from '../../../scripts/traffic/records.js';
import { ldapSteps, smb2Steps } from '../../../scripts/traffic/windows/conversations.js';
import { Budget, KEPT_CHARACTERS, OPEN_FILES } from './budget.js';

test('a budget is used up when as much is taken as there is, and comes back', () => {
  const budget = new Budget(10);
  budget.take(9);
  expect(budget.isUsedUp).toBe(false);
  budget.take(1);
  expect(budget.isUsedUp).toBe(true);
  budget.give(1);
  expect(budget.isUsedUp).toBe(false);
});

test('when others keep all that may be kept, a share and a directory tell at once what they have', () => {
  const told = (): unknown[] =>
    [...recordsOf(overTcp(smb2Steps(), { serverPort: 445 })), ...recordsOf(overTcp(ldapSteps(), { serverPort: 389 }))]
      .filter((record) => record['event.dataset'] === 'session')
      .flatMap((record) => [record['hinomi.session.file_names'] ?? [], record['hinomi.ldap.changes'] ?? []])
      .flat();
  const count = (): number =>
    recordsOf(overTcp(smb2Steps(), { serverPort: 445 })).filter((record) => record['network.protocol'] === 'smb')
      .length;
  const [before, records] = [told(), count()];
  KEPT_CHARACTERS.take(2 ** 23);
  try {
    expect(new Set(told())).toEqual(new Set(before));
    expect(count()).toBeGreaterThan(records);
  } finally {
    KEPT_CHARACTERS.give(2 ** 23);
  }
  // Whatever ended has given back what it took.
  expect(told()).toEqual(before);
});

test('when others have all files open that may be, the oldest of a connection is forgotten', () => {
  OPEN_FILES.take(2 ** 15);
  try {
    const records = recordsOf(overTcp(smb2Steps(), { serverPort: 445 }));
    // One at a time is always known.
    expect(records.flatMap((record) => record['hinomi.session.renamed_names'] ?? [])).toEqual(['memo.txt -> memo.enc']);
  } finally {
    OPEN_FILES.give(2 ** 15);
  }
  expect(OPEN_FILES.isUsedUp).toBe(false);
});
