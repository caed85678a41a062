import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { acceptCase } from '../../db/cases/cases.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { MAX_STEPS } from '../../domain/matter/bounds.ts';
import { compilePlan } from '../../domain/matter/compile.ts';
import { newCase } from '../support/database.ts';
import { wideForm, wideMatter } from '../support/matters.ts';
import { install, type Installation } from '../support/product.ts';

const ITEMS = MAX_STEPS / 4;
const HASH = 'a'.repeat(64);

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'decide' });
  await installation.work();
});
afterAll(() => installation.close());

it('a case with as many steps as a case may have comes to its end', async () => {
  const { db, cipher } = installation;
  const matter = wideMatter(ITEMS);
  await publishMatter(db, { matter, hash: HASH, by: 'test' });
  const form = wideForm(ITEMS);
  const plan = compilePlan(matter, HASH, form, { now: Date.now() });
  expect(plan.steps).toHaveLength(MAX_STEPS);
  const given = newCase({ caseId: uuidv7(), matter: matter.code, plan, form, at: Date.now(), keys: [] });
  const { caseId } = await inTransaction(db, (client) => acceptCase(client, cipher, given));
  await expect.poll(() => installation.status(caseId), { timeout: 50_000, interval: 200 }).toBe('completed');
  const { rows } = await db.query('select from steps where case_id = $1 and status = $2', [caseId, 'done']);
  expect(rows).toHaveLength(MAX_STEPS);
  expect((await installation.effects(caseId)).length).toBe(MAX_STEPS);
}, 60_000);
