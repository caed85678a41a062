import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { dueEnquiries } from '../../db/agencies/enquiries.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { enquiryIntervalS } from '../../domain/agency/enquiries.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

it('the next enquiry follows enquiryIntervalS, for any agency and any number of enquiries', async () => {
  const { db, cipher } = database;
  const { caseId } = await accept(database);
  const asked = fc.record({ enquireAfterS: fc.integer({ min: 1, max: 100_000 }), enquiries: fc.nat(30) });
  await fc.assert(
    fc.asyncProperty(asked, async ({ enquireAfterS, enquiries }) => {
      await upsertAgency(db, cipher, {
        ...{ id: 'police', name: { zh: '公安', en: 'Police' }, connection: 'worklist', secrets: [] },
        ...{ timeoutMs: 10_000, allowPrivate: false, maxInFlight: 16, nature: 'organ', enquireAfterS },
      });
      await db.query(
        `update steps set status = 'accepted', round = 1, enquiries = $2, enquire_at = now() where case_id = $1 and id = 'register'`,
        [caseId, enquiries],
      );
      // Of one transaction, so of one instant.
      const { due, waitS } = await inTransaction(db, async (client) => {
        const taken = await dueEnquiries(client, 5);
        const { rows } = await client.query<{ waitS: number }>(
          `select extract(epoch from enquire_at - now())::float8 as "waitS" from steps where case_id = $1 and id = 'register'`,
          [caseId],
        );
        return { due: taken, waitS: rows[0]!.waitS };
      });
      expect(due).toMatchObject([{ caseId, stepId: 'register' }]);
      expect(waitS).toBe(enquiryIntervalS({ enquireAfterS }, enquiries + 1));
    }),
    { numRuns: 60 },
  );
});
