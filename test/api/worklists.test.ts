import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { createToken } from '../../db/registry/tokens.ts';
import { openApi, type Answer, type Api } from './harness.ts';

const OFFICERS = 30;
const HOUR_MS = 3_600_000;

let api: Api;
let officers: string[];
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 10_000 });
  const holders = Array.from({ length: OFFICERS }, (_, index) => `officer-${index + 1}`);
  officers = await Promise.all(
    holders.map((account) => createToken(api.pool, api.cipher, { role: 'officer', account, agency: 'police' })),
  );
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const task = (caseId: string, verb: string, token: string, body?: unknown) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:register:1/${verb}`, { token, ...(body !== undefined && { body }) });
const read = (caseId: string, token: string) =>
  api.call('GET', `/agency/v1/tasks/${caseId}:register:1`, { token }) as Promise<
    Answer & { body: { draft?: unknown; coveredFor?: string } }
  >;
const listMine = async (token: string) => {
  const { body } = await api.call('GET', '/agency/v1/tasks?mine=true&limit=100', { token });
  return body.tasks.map(({ requestId, coveredFor }) => ({ caseId: requestId.split(':')[0], coveredFor }));
};
const lapse = (caseId: string) =>
  api.pool.query(`update steps set claimed_until = now() where case_id = $1 and id = 'register'`, [caseId]);
const assign = (caseId: string, officer: string) =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/register/reassign`, {
    token: api.tokens.supervisor,
    body: { officer, reason: '熟悉情况' },
  });
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

describe('of thirty officers at the same time', () => {
  it('one gets the task, and the others get the claim with its times', async () => {
    const { caseId } = await api.start();
    const claims = await Promise.all(officers.map((token) => task(caseId, 'claim', token)));
    const [winner, ...more] = claims.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    const losers = claims.filter(({ status }) => status !== 200);
    expect(losers).toHaveLength(OFFICERS - 1);
    const { claimedBy, claimedAt, claimedUntil } = winner!.body as unknown as Record<string, string>;
    expect([claimedAt, claimedUntil]).toEqual([TIME, TIME]);
    for (const loser of losers) {
      expect(loser).toMatchObject({ status: 409, body: { code: 'TASK_TAKEN', claimedBy, claimedAt, claimedUntil } });
    }
  });

  it('one decides, and the others get the first decision and its time', async () => {
    const { caseId } = await api.start();
    const decisions = await Promise.all(
      officers.map((token, index) =>
        task(caseId, 'decision', token, {
          messageId: uuidv7(),
          ...(index % 2 === 0 ? { decision: 'approved' } : { decision: 'refused', reason: '不符合条件' }),
        }),
      ),
    );
    const winners = officers.flatMap((_, index) => (decisions[index]!.status === 200 ? [index] : []));
    expect(winners).toHaveLength(1);
    const decision = winners[0]! % 2 === 0 ? 'approved' : 'refused';
    const first = { decision, by: { role: 'officer', id: `officer-${winners[0]! + 1}` }, at: TIME };
    for (const loser of decisions.filter(({ status }) => status !== 200)) {
      expect(loser).toMatchObject({ status: 409, body: { code: 'STEP_ALREADY_DECIDED', first } });
    }
    const { rows } = await api.pool.query(
      `select from ledger where case_id = $1 and kind = 'step-decided' and step_id = 'register'`,
      [caseId],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('lapses, and keeps its time when its officer extends it', async () => {
    const { caseId } = await api.start();
    const first = await task(caseId, 'claim', officers[0]!);
    const again = await task(caseId, 'claim', officers[0]!);
    const times = [first, again].map(({ body }) => (body as unknown as { claimedAt: string }).claimedAt);
    expect(times[0]).toBe(times[1]);
    expect((await task(caseId, 'claim', officers[1]!)).status).toBe(409);
    await lapse(caseId);
    expect(await task(caseId, 'claim', officers[1]!)).toMatchObject({ status: 200, body: { claimedBy: 'officer-2' } });
  });

  it('is released only by its holder, and can then be claimed at once', async () => {
    const { caseId } = await api.start();
    await task(caseId, 'claim', officers[0]!);
    expect(await task(caseId, 'release', officers[1]!)).toMatchObject({
      status: 409,
      body: { code: 'TASK_NOT_YOURS', claimedBy: 'officer-1', claimedAt: TIME },
    });
    expect((await task(caseId, 'release', officers[0]!)).status).toBe(204);
    expect((await task(caseId, 'release', officers[0]!)).body.code).toBe('TASK_NOT_YOURS');
    expect((await task(caseId, 'claim', officers[1]!)).status).toBe(200);
  });

  it('of a task that a supervisor gave to an officer is that officer’s alone, as is the decision', async () => {
    const { caseId } = await api.start();
    expect((await assign(caseId, 'nobody-here')).body.errors).toMatchObject([
      { path: 'body.officer', rule: 'unknown-officer' },
    ]);
    expect((await assign(caseId, 'officer-3')).status).toBe(200);
    for (const verb of ['claim', 'decision']) {
      const body = verb === 'decision' ? { decision: 'approved' } : undefined;
      expect(await task(caseId, verb, officers[0]!, body)).toMatchObject({
        status: 409,
        body: { code: 'TASK_ASSIGNED', officer: 'officer-3' },
      });
    }
    // Not the only one where officer-3 happened to be the first of thirty above.
    expect(await listMine(officers[2]!)).toContainEqual({ caseId, coveredFor: undefined });
    expect((await listMine(officers[0]!)).map((task) => task.caseId)).not.toContain(caseId);
    expect((await task(caseId, 'claim', officers[2]!)).status).toBe(200);
  });
});

describe('the list of free tasks', () => {
  it('has neither claimed nor assigned ones, until the claim lapses', async () => {
    const [free, claimed, assigned] = await Promise.all([api.start(), api.start(), api.start()]);
    await task(claimed.caseId, 'claim', officers[0]!);
    await assign(assigned.caseId, 'officer-3');
    const isListed = async ({ caseId }: { caseId: string }) => {
      const { body } = await api.call('GET', '/agency/v1/tasks?free=true&limit=100', { token: officers[1]! });
      return body.tasks.some(({ requestId }) => requestId === `${caseId}:register:1`);
    };
    expect([await isListed(free), await isListed(claimed), await isListed(assigned)]).toEqual([true, false, false]);
    await lapse(claimed.caseId);
    expect(await isListed(claimed)).toBe(true);
  });
});

describe('the list of own decisions', () => {
  const decided = async (token: string, query = '') => {
    const { body } = await api.call('GET', `/agency/v1/decisions?${query}`, { token });
    return body as unknown as { decisions: { requestId: string; decision: string; at: string }[]; nextCursor?: string };
  };

  it('has them all, the latest first, page by page, and those of nobody else', async () => {
    const token = await createToken(api.pool, api.cipher, { role: 'officer', account: 'diligent', agency: 'police' });
    const words = [
      { decision: 'approved' },
      { decision: 'refused', reason: '不符合条件' },
      { decision: 'supplement', supplements: [{ field: 'applicant.idNo', reason: '看不清' }] },
    ];
    const expected: string[] = [];
    for (const body of words) {
      const { caseId } = await api.start();
      expect((await task(caseId, 'decision', token, body)).status).toBe(200);
      expected.unshift(`${caseId}:register:1 ${body.decision}`);
    }
    const listed: string[] = [];
    let cursor = '';
    do {
      const page = await decided(token, `limit=2${cursor}`);
      listed.push(...page.decisions.map(({ requestId, decision }) => `${requestId} ${decision}`));
      cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(listed).toEqual(expected);
    const other = await createToken(api.pool, api.cipher, { role: 'officer', account: 'new-here', agency: 'police' });
    expect((await decided(other)).decisions).toEqual([]);
  });

  it('refuses a cursor of another list', async () => {
    const { body } = await api.call('GET', '/agency/v1/decisions?cursor=abc', { token: officers[0]! });
    expect(body).toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a suspended task', () => {
  const INSPECTION = { reason: '现场勘查', procedure: 'inspection', expectedDays: 10, unit: 'calendar-days' };
  const findListedStatus = async (caseId: string, query = '') => {
    const path = `/agency/v1/tasks?limit=100${query}`;
    const { tasks } = (await api.call('GET', path, { token: officers[0]! })).body;
    return tasks.find(({ requestId }) => requestId === `${caseId}:register:1`)?.status;
  };

  it('stays in the worklist, marked by its status, and the officer who takes it again resumes it', async () => {
    const { caseId } = await api.start();
    await task(caseId, 'claim', officers[0]!);
    expect((await task(caseId, 'suspension', officers[0]!, INSPECTION)).status).toBe(200);
    expect(await findListedStatus(caseId)).toBe('suspended');
    expect((await task(caseId, 'claim', officers[0]!)).status).toBe(200);
    expect(await findListedStatus(caseId, '&mine=true')).toBe('suspended');
    expect((await task(caseId, 'resumption', officers[0]!, { reason: '勘查完毕' })).status).toBe(200);
    expect(await findListedStatus(caseId)).toBe('accepted');
  });

  it('can be taken by a colleague, who decides', async () => {
    const { caseId } = await api.start();
    expect((await task(caseId, 'suspension', officers[0]!, INSPECTION)).status).toBe(200);
    expect((await task(caseId, 'claim', officers[1]!)).status).toBe(200);
    expect((await task(caseId, 'decision', officers[0]!, { decision: 'approved' })).body.code).toBe('TASK_TAKEN');
    expect((await task(caseId, 'decision', officers[1]!, { decision: 'approved' })).status).toBe(200);
  });
});

describe('a task that is reassigned', () => {
  it('loses its claim, so that the new officer can begin at once', async () => {
    const { caseId } = await api.start();
    await task(caseId, 'claim', officers[0]!);
    expect((await assign(caseId, 'officer-3')).status).toBe(200);
    expect((await task(caseId, 'claim', officers[2]!)).status).toBe(200);
    expect((await task(caseId, 'decision', officers[0]!, { decision: 'approved' })).body.code).toBe('TASK_TAKEN');
  });

  it('is no longer the officer’s when it goes to another agency', async () => {
    const { caseId } = await api.start();
    await assign(caseId, 'officer-3');
    const { status } = await api.call('POST', `/api/v1/cases/${caseId}/steps/register/reassign`, {
      token: api.tokens.supervisor,
      body: { agency: 'utilities', reason: '管辖变更' },
    });
    expect(status).toBe(200);
    const claim = `/agency/v1/tasks/${caseId}:register:2/claim`;
    expect((await api.call('POST', claim, { token: api.tokens.utilities })).status).toBe(200);
    expect((await api.call('POST', claim, { token: officers[2]! })).status).toBe(404);
  });
});

describe('a draft', () => {
  const words = { decision: 'refused', reason: '林某提供的材料不实' };

  it('is stored encrypted with the claim, and the next claim returns it with its author and time', async () => {
    const { caseId } = await api.start();
    await task(caseId, 'claim', officers[0]!);
    expect(await task(caseId, 'draft', officers[0]!, words)).toMatchObject({
      status: 200,
      body: { by: 'officer-1', at: TIME, words },
    });
    const { rows } = await api.pool.query<{ body: Buffer }>('select body from drafts where case_id = $1', [caseId]);
    expect(rows[0]!.body.toString('utf8')).not.toContain('林某');
    expect((await read(caseId, officers[1]!)).body.draft).toBeUndefined();

    await task(caseId, 'release', officers[0]!);
    const handedOver = { by: 'officer-1', at: TIME, words };
    expect(await task(caseId, 'claim', officers[1]!)).toMatchObject({ status: 200, body: { draft: handedOver } });
    expect((await read(caseId, officers[1]!)).body.draft).toMatchObject(handedOver);
    expect((await read(caseId, officers[0]!)).body.draft).toBeUndefined();

    await task(caseId, 'draft', officers[1]!, { ...words, reason: '已核实' });
    expect((await read(caseId, officers[1]!)).body.draft).toMatchObject({
      by: 'officer-2',
      words: { reason: '已核实' },
    });
  });

  it('cannot be written without the claim, nor under one that has lapsed', async () => {
    const { caseId } = await api.start();
    expect(await task(caseId, 'draft', officers[0]!, words)).toMatchObject({
      status: 409,
      body: { code: 'TASK_NOT_YOURS' },
    });
    await task(caseId, 'claim', officers[0]!);
    await lapse(caseId);
    expect((await task(caseId, 'draft', officers[0]!, words)).body.code).toBe('TASK_NOT_YOURS');
    expect((await task(caseId, 'draft', officers[0]!, { opinion: 'x' })).status).toBe(400);
  });

  it('is gone when the officer has decided', async () => {
    const { caseId } = await api.start();
    await task(caseId, 'claim', officers[0]!);
    await task(caseId, 'draft', officers[0]!, words);
    expect((await task(caseId, 'decision', officers[0]!, words)).status).toBe(200);
    const { rowCount } = await api.pool.query('select from drafts where case_id = $1', [caseId]);
    expect(rowCount).toBe(0);
  });
});

describe('an officer who is absent', () => {
  const groups = '/api/v1/agencies/police/groups';
  const absences = '/api/v1/agencies/police/absences';
  const from = () => new Date(Date.now() - HOUR_MS).toISOString();
  const to = () => new Date(Date.now() + HOUR_MS).toISOString();
  const setGroup = (group: string, members: string[], token = api.tokens.admin) =>
    api.call('POST', `${groups}/${group}`, { token, body: { members } });
  const enter = (token: string, body: Record<string, unknown>) =>
    api.call('POST', absences, { token, body: { from: from(), to: to(), ...body } }) as Promise<
      Answer & { body: { absenceId: string } }
    >;
  const end = (absenceId: string, token: string) => api.call('POST', `${absences}/${absenceId}/end`, { token });

  it('is covered by the named group: its members see the tasks and may claim them; other officers may not', async () => {
    await setGroup('day-shift', ['officer-10', 'officer-11', 'officer-12']);
    const [given, taken] = [await api.start(), await api.start()];
    await assign(given.caseId, 'officer-10');
    await task(taken.caseId, 'claim', officers[9]!);
    await task(taken.caseId, 'draft', officers[9]!, { reason: '初核通过' });
    expect((await task(given.caseId, 'claim', officers[10]!)).body.code).toBe('TASK_ASSIGNED');

    const { status, body } = await enter(officers[9]!, { coveredBy: { group: 'day-shift' } });
    expect(status).toBe(200);
    expect(await listMine(officers[10]!)).toEqual(
      expect.arrayContaining([given, taken].map(({ caseId }) => ({ caseId, coveredFor: 'officer-10' }))),
    );
    expect((await read(given.caseId, officers[11]!)).body.coveredFor).toBe('officer-10');
    expect(await task(taken.caseId, 'claim', officers[10]!)).toMatchObject({
      status: 200,
      body: { claimedBy: 'officer-11', draft: { by: 'officer-10', words: { reason: '初核通过' } } },
    });
    expect((await task(given.caseId, 'claim', officers[11]!)).status).toBe(200);
    expect((await task(taken.caseId, 'claim', officers[12]!)).body.code).toBe('TASK_TAKEN');
    expect((await listMine(officers[12]!)).filter(({ coveredFor }) => coveredFor !== undefined)).toEqual([]);

    // After the absence, other officers no longer see the tasks.
    expect((await end(body.absenceId, officers[9]!)).status).toBe(200);
    await task(given.caseId, 'release', officers[11]!);
    expect((await task(given.caseId, 'claim', officers[11]!)).body.code).toBe('TASK_ASSIGNED');
    expect((await end(body.absenceId, officers[9]!)).body.code).toBe('ABSENCE_OVER');
  });

  it('is covered by the named colleague, only from the first day and while both are in the group', async () => {
    await setGroup('night-shift', ['officer-20', 'officer-21', 'officer-22']);
    const { caseId } = await api.start();
    await assign(caseId, 'officer-20');
    const coveredBy = { group: 'night-shift', officer: 'officer-21' };
    const tomorrow = new Date(Date.now() + 24 * HOUR_MS).toISOString();
    const later = { from: tomorrow, to: new Date(Date.now() + 48 * HOUR_MS).toISOString() };
    await enter(officers[19]!, { ...later, coveredBy });
    expect((await task(caseId, 'claim', officers[20]!)).body.code).toBe('TASK_ASSIGNED');
    await enter(officers[19]!, { coveredBy });
    expect((await task(caseId, 'claim', officers[21]!)).body.code).toBe('TASK_ASSIGNED');
    await setGroup('night-shift', ['officer-20', 'officer-22']);
    expect((await task(caseId, 'claim', officers[20]!)).body.code).toBe('TASK_ASSIGNED');
    await setGroup('night-shift', ['officer-20', 'officer-21']);
    expect((await task(caseId, 'claim', officers[20]!)).status).toBe(200);
  });

  it('enters the absence, or a supervisor of the division enters it; only members of a group of the officer can cover', async () => {
    await setGroup('window-one', ['officer-25', 'officer-26']);
    const coveredBy = { group: 'window-one' };
    expect((await enter(officers[24]!, { officer: 'officer-26', coveredBy })).status).toBe(403);
    // The officers act everywhere: only who does, too, enters it for them.
    expect((await enter(api.tokens.supervisor, { officer: 'officer-25', coveredBy })).body.errors).toMatchObject([
      { path: 'body.officer', rule: 'unknown-officer' },
    ]);
    expect(await enter(api.tokens.admin, { officer: 'officer-25', coveredBy })).toMatchObject({
      status: 200,
      body: { officer: 'officer-25', enteredBy: { role: 'admin', id: 'admin-1' } },
    });
    const group = 'body.coveredBy.group';
    expect((await enter(officers[29]!, { coveredBy })).body.errors).toMatchObject([{ path: group }]);
    const stranger = { coveredBy: { ...coveredBy, officer: 'officer-1' } };
    expect((await enter(officers[25]!, stranger)).body.errors).toMatchObject([{ path: 'body.coveredBy.officer' }]);
    const over = { from: from(), to: from(), coveredBy };
    expect((await enter(officers[25]!, over)).body.errors).toMatchObject([{ path: 'body.to' }]);
    expect((await api.call('GET', absences, { token: api.tokens.post })).status).toBe(404);
    expect((await api.call('GET', absences, { token: api.tokens.clerk })).status).toBe(403);
    expect((await setGroup('window-one', ['officer-1'], officers[0])).status).toBe(403);
  });
});
