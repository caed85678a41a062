import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { AgencyList } from '../../contract/agencies.ts';
import { StallList, type Stall } from '../../contract/stalls.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { openApi, submission, type Api } from './harness.ts';

const MINUTE = 60_000;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

let api: Api;
/** Cases by division. */
let cases: Record<'330411' | '330402' | '330106', string>;
beforeAll(async () => {
  api = await openApi();
  const start = async (region: string) => {
    const { body } = await api.call('POST', '/api/v1/cases', submission(api.tokens.admin, { region }, uuidv7()));
    return body.caseId;
  };
  cases = { 330411: await start('330411'), 330402: await start('330402'), 330106: await start('330106') };
});
afterAll(() => api.close());

interface Row {
  region?: keyof typeof cases;
  step?: string;
  agency?: string;
  matter?: string;
  cause?: string;
  since?: Date;
  promised?: Date | null;
  statutory?: Date | null;
  paused?: Date | null;
}

let made = 0;
const stall = async (row: Row = {}): Promise<number> => {
  const {
    region = '330411',
    step = `step-${(made += 1)}`,
    agency = 'police',
    matter = 'small-move',
    cause = 'agency-silent',
  } = row;
  const { since = minutesAgo(60), promised = null, statutory = null, paused = null } = row;
  const { rows } = await api.pool.query<{ id: number }>(
    `insert into stalls (case_id, step_id, agency, matter, region, division, cause, detail, turn, since, promised_at, statutory_at, paused_at)
    values ($1, $2, $3, $4, $5, $5, $6, 'DECISION', 'agency', $7, $8, $9, $10) returning id`,
    [cases[region], step, agency, matter, region, cause, since, promised, statutory, paused],
  );
  return rows[0]!.id;
};
const clear = (ids: readonly number[]) =>
  api.pool.query('update stalls set cleared_at = now() where id = any($1)', [ids]);
const list = async (query = '', token = api.tokens.supervisor): Promise<StallList> =>
  StallList.parse((await api.call('GET', `/api/v1/stalls${query}`, { token })).body);
const idsOf = (stalls: readonly Stall[]) => stalls.map(({ id }) => id);

describe('the list of stalls', () => {
  beforeEach(() => api.pool.query('update stalls set cleared_at = now() where cleared_at is null'));

  it.each(['urgency', 'age'])(
    'by %s has no row twice and none too few, however many come and go while it is read',
    async (order) => {
      const instants = [50, 40, 40, 30, 20, 10].map(minutesAgo);
      const made: number[] = [];
      for (const instant of instants)
        made.push(await stall(order === 'age' ? { since: instant } : { promised: instant }));

      const first = await list(`?order=${order}&limit=2`);
      expect(idsOf(first.stalls)).toEqual(made.slice(0, 2));
      // One that was read goes, one that was not goes, one comes before what was read and one
      // after.
      await clear([made[0]!, made[3]!]);
      const before = await stall(order === 'age' ? { since: minutesAgo(60) } : { promised: minutesAgo(60) });
      const after = await stall(order === 'age' ? { since: minutesAgo(15) } : { promised: minutesAgo(15) });
      const second = await list(`?order=${order}&limit=2&cursor=${first.nextCursor}`);
      const third = await list(`?order=${order}&limit=2&cursor=${second.nextCursor}`);
      expect([...idsOf(second.stalls), ...idsOf(third.stalls)]).toEqual([made[2], made[4], after, made[5]]);
      expect(third.nextCursor).toBeUndefined();
      expect(idsOf((await list(`?order=${order}`)).stalls)[0]).toBe(before);
    },
  );

  it('puts what has no deadline last by urgency, and pages through it', async () => {
    const [late, none, other] = [await stall({ promised: minutesAgo(-5) }), await stall(), await stall()];
    const first = await list('?limit=2');
    expect(idsOf(first.stalls)).toEqual([late, none]);
    expect(idsOf((await list(`?limit=2&cursor=${first.nextCursor}`)).stalls)).toEqual([other]);
  });

  it('filters by agency, cause, matter, region and light, alone and together, and counts what it selects', async () => {
    const rows = {
      police: await stall({ promised: minutesAgo(1) }),
      post: await stall({ agency: 'post', cause: 'applicant', promised: minutesAgo(-60), paused: minutesAgo(5) }),
      move: await stall({ matter: 'another', region: '330402', statutory: minutesAgo(1), promised: minutesAgo(2) }),
      far: await stall({ region: '330106', cause: 'officer-idle', promised: minutesAgo(-60) }),
    };
    const listIds = async (query: string) => idsOf((await list(`?order=age&${query}`)).stalls).sort();
    expect(await listIds('agency=post')).toEqual([rows.post]);
    expect(await listIds('cause=agency-silent')).toEqual([rows.police, rows.move]);
    expect(await listIds('matter=another')).toEqual([rows.move]);
    expect(await listIds('region=3304')).toEqual([rows.police, rows.post, rows.move]);
    expect(await listIds('region=330106')).toEqual([rows.far]);
    expect(await listIds('light=red')).toEqual([rows.police]);
    expect(await listIds('light=deep-red')).toEqual([rows.move]);
    expect(await listIds('light=grey')).toEqual([rows.post]);
    expect(await listIds('light=green')).toEqual([rows.far]);
    expect(await listIds('cause=agency-silent&region=330411&light=red&agency=police&matter=small-move')).toEqual([
      rows.police,
    ]);
    expect(await listIds('agency=post&cause=agency-silent')).toEqual([]);

    const { counts } = await list('?region=3304&limit=1');
    expect(counts).toEqual({
      total: 3,
      agencies: [
        { agency: 'police', count: 2, own: 2 },
        { agency: 'post', count: 1, own: 0 },
      ],
      causes: [
        { cause: 'agency-silent', count: 2 },
        { cause: 'applicant', count: 1 },
      ],
      matters: [
        { matter: 'small-move', count: 2 },
        { matter: 'another', count: 1 },
      ],
      regions: [
        { region: '330411', count: 2 },
        { region: '330402', count: 1 },
      ],
      lights: expect.arrayContaining([
        { light: 'red', count: 1 },
        { light: 'deep-red', count: 1 },
        { light: 'grey', count: 1 },
      ]) as unknown,
    });
  });

  it('shows a supervisor the own division and the machinery, an admin everything, and others nothing', async () => {
    await stall();
    const far = await stall({ region: '330106' });
    await api.pool.query(
      `insert into stalls (subject, cause, detail, turn, since) values ('workers', 'system', 'WORKERS_UNAVAILABLE', 'system', now())`,
    );
    const { stalls, counts } = await list('', api.tokens.otherSupervisor);
    expect(stalls.map(({ id, subject }) => subject ?? id).sort()).toEqual([far, 'workers']);
    expect(counts.total).toBe(2);
    // A filter cannot widen the scope.
    expect((await list('?region=330411', api.tokens.otherSupervisor)).counts.total).toBe(0);
    expect((await list('', api.tokens.admin)).counts.total).toBe(3);
    for (const token of [api.tokens.clerk, api.tokens.police]) {
      expect((await api.call('GET', '/api/v1/stalls', { token })).status).toBe(403);
    }
  });

  it('counts exactly, beyond ten thousand', async () => {
    await api.pool.query(
      `insert into stalls (case_id, step_id, agency, matter, region, division, cause, detail, turn, since)
      select $1, 'many-' || n, case when n % 3 = 0 then 'post' else 'police' end, 'small-move', '330411', '330411',
        case when n % 5 = 0 then 'applicant' else 'officer-idle' end, 'DECISION', 'officer', now() from generate_series(1, 12345) n`,
      [cases['330411']],
    );
    const { stalls, counts } = await list('?limit=10');
    expect(stalls).toHaveLength(10);
    expect(counts.total).toBe(12_345);
    expect(counts.causes).toEqual([
      { cause: 'officer-idle', count: 9_876 },
      { cause: 'applicant', count: 2_469 },
    ]);
    expect(counts.agencies).toEqual([
      { agency: 'police', count: 8_230, own: 6_584 },
      { agency: 'post', count: 4_115, own: 3_292 },
    ]);
    expect((await list('?cause=applicant&agency=post')).counts.total).toBe(823);
  });

  it('refuses a cursor of no list', async () => {
    const { status, body } = await api.call('GET', '/api/v1/stalls?cursor=abc', { token: api.tokens.supervisor });
    expect([status, body.code]).toEqual([400, 'REQUEST_INVALID']);
  });
});

describe('the figures of the agencies', () => {
  let here: string;
  /** Steps of the case, worked out by hand below. */
  const add = (rows: string, region: keyof typeof cases = '330411') =>
    api.pool.query(
      `insert into steps (case_id, division, id, definition, position, agency, kind, status, promised_at, ended_at, held_minutes, worked_minutes, supplemented)
      select $1, $2, new.* from (${rows}) as new`,
      [cases[region], region],
    );
  const figuresOf = async (agency: string, token = here, days = 30) => {
    const { agencies } = AgencyList.parse((await api.call('GET', `/api/v1/agencies?days=${days}`, { token })).body);
    return agencies.find(({ id }) => id === agency)!;
  };

  beforeAll(async () => {
    await api.pool.query('update stalls set cleared_at = now() where cleared_at is null');
    here = await createToken(api.pool, api.cipher, { role: 'supervisor', account: 'supervisor-3', region: '3304' });
    // A hundred decided steps that took 1 … 100 minutes; 80 had a deadline, 60 of them kept it; 25
    // had a supplement.
    await add(`select 'done-' || n, 'register', 100 + n, 'utilities', 'approve', case when n % 2 = 0 then 'done' else 'refused' end,
        case when n <= 60 then now() - interval '1 hour' when n <= 80 then now() - interval '3 hours' end,
        now() - interval '2 hours', n, n / 2.0, n <= 25 from generate_series(1, 100) as n`);
    // Two of another step; one too long ago; one that was stopped and not decided; one in another
    // city.
    await add(`select 'other-' || n, 'meter', 300 + n, 'utilities', 'approve', 'done', null::timestamptz, now() - interval '1 hour', n * 10, n * 10, false
        from generate_series(1, 2) as n`);
    await add(
      `select 'old', 'register', 400, 'utilities', 'approve', 'done', null::timestamptz, now() - interval '40 days', 5000, 5000, true`,
    );
    await add(
      `select 'stopped', 'register', 401, 'utilities', 'approve', 'stopped', null::timestamptz, now() - interval '1 hour', 5000, 5000, true`,
    );
    await add(
      `select 'far', 'register', 402, 'utilities', 'approve', 'done', null::timestamptz, now() - interval '1 hour', 5000, 5000, true`,
      '330106',
    );
    // Open: 2 on their way, 4 there, 1 for a person; two of them are late.
    await add(`select 'open-' || status, 'meter', 500, 'utilities', 'approve', status,
        case when status in ('submitted', 'accepted') then now() - interval '1 minute' else now() + interval '1 day' end, null::timestamptz, null::real, null::real, null::boolean
        from unnest(array['submitted', 'accepted', 'supplement', 'suspended', 'undoing', 'attention', 'waiting', 'ready']) as status`);
    await add(
      `select 'open-second', 'meter', 501, 'utilities', 'approve', 'submitted', null::timestamptz, null::timestamptz, null::real, null::real, null::boolean`,
    );
    await stall({ agency: 'utilities', cause: 'agency-unreachable' });
    await stall({ agency: 'utilities', cause: 'agency-rejected' });
    await stall({ agency: 'utilities', cause: 'applicant' });
  });

  it('are the open steps, the late steps and the stalls that the agency causes', async () => {
    // The third step of the case waits and is with no agency.
    expect(await figuresOf('utilities')).toMatchObject({ pending: 2, running: 4, attention: 1, late: 2, stalled: 2 });
  });

  it('are its past results: decided, on time, supplements, and the time it held steps', async () => {
    const { steps, ...all } = await figuresOf('utilities');
    expect(all).toMatchObject({ finished: 102, onTimeRate: 0.75 });
    expect(all.supplementRate).toBeCloseTo(25 / 102);
    const register = steps.find(({ step }) => step === 'register');
    expect(register).toEqual({
      ...{ matter: 'small-move', step: 'register', finished: 100, onTimeRate: 0.75, supplementRate: 0.25 },
      minutes: { p50: 50.5, p90: 90.1, p99: 99.01 },
      workingMinutes: { p50: 25.25, p90: 45.05, p99: 49.51 },
    });
    expect(steps.find(({ step }) => step === 'meter')).toEqual({
      ...{ matter: 'small-move', step: 'meter', finished: 2, supplementRate: 0 },
      minutes: { p50: 15, p90: 19, p99: 19.9 },
      workingMinutes: { p50: 15, p90: 19, p99: 19.9 },
    });
  });

  it('are of the days that are asked for, and of the own division', async () => {
    expect((await figuresOf('utilities', here, 60)).finished).toBe(103);
    expect(await figuresOf('utilities', api.tokens.otherSupervisor)).toMatchObject({
      ...{ pending: 0, running: 0, late: 0, stalled: 0, finished: 1, supplementRate: 1 },
    });
    expect(await figuresOf('post')).toMatchObject({ pending: 0, running: 0, finished: 0, steps: [] });
  });
});

describe('a message of the system that was not recorded', () => {
  const ID = 'system:due-instants:supplement:1:7';
  const dismiss = (messageId: string, token: string, reason: unknown = '已人工处理') =>
    api.call('POST', `/api/v1/cases/${cases['330411']}/message-conflicts/${encodeURIComponent(messageId)}/dismissal`, {
      token,
      body: { reason },
    });

  it('is dismissed by a supervisor of its division, with a reason', async () => {
    await api.pool.query('insert into message_conflicts (case_id, message_id) values ($1, $2)', [cases['330411'], ID]);
    expect((await dismiss(ID, api.tokens.clerk)).status).toBe(403);
    expect((await dismiss(ID, api.tokens.otherSupervisor)).status).toBe(404);
    expect((await dismiss(ID, api.tokens.supervisor, ' ')).status).toBe(400);
    expect((await dismiss('system:due-instants:other', api.tokens.supervisor)).status).toBe(404);
    const isDismissed = async () => {
      const { rows } = await api.pool.query('select dismissed_by as by from message_conflicts');
      return rows as unknown;
    };
    expect(await isDismissed()).toEqual([{ by: null }]);
    expect((await dismiss(ID, api.tokens.supervisor)).status).toBe(204);
    expect((await dismiss(ID, api.tokens.admin)).status).toBe(204);
    expect(await isDismissed()).toEqual([{ by: { role: 'supervisor', id: 'supervisor-1' } }]);
  });
});
