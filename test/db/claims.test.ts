import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimTask } from '../../db/worklist/claims.ts';
import { findOthersClaim, type Claim } from '../../domain/worklist/claims.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const HOUR = 3_600_000;
const account = fc.constantFrom('me', 'covered', 'other', 'third');
const claim = fc.record(
  { officer: account, claimedBy: account, claimedUntil: fc.constantFrom(-HOUR, HOUR) },
  { requiredKeys: [] },
);

it('the claim of a task follows claimedBy for any row, and says whose task it is', async () => {
  const { caseId } = await accept(database);
  const key = { caseId, stepId: 'register' };
  await fc.assert(
    fc.asyncProperty(claim, fc.subarray(['covered', 'third']), async ({ claimedUntil, ...row }, covered) => {
      const now = Date.now();
      const until = claimedUntil === undefined ? undefined : now + claimedUntil;
      const of: Claim = { ...row, claimedUntil: until };
      await database.db.query(
        `update steps set status = 'accepted', round = 1, officer = $3, claimed_by = $4, claimed_until = $5
        where case_id = $1 and id = $2`,
        [caseId, key.stepId, of.officer, of.claimedBy, until === undefined ? null : new Date(until)],
      );
      const accounts = ['me', ...covered];
      const outcome = await claimTask(database.db, { ...key, by: 'me', accounts, leaseMs: 60_000 }, now);
      const other = findOthersClaim(of, accounts, now);
      expect(outcome).toMatchObject(other ? { kind: 'claimed-by-other', other } : { kind: 'claimed' });
    }),
    { numRuns: 150 },
  );
});
