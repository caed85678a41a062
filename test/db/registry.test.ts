import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAgency, listAgencies, upsertAgency, type AgencyRecord } from '../../db/agencies/agencies.ts';
import { findMatter, listMatters, publishMatter } from '../../db/registry/matters.ts';
import { createToken, findTokenHolder, listTokens } from '../../db/registry/tokens.ts';
import type { Db } from '../../db/sql/pool.ts';
import { identifyBearer } from '../../identity/bearer.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE, HOUSE_MOVE_PLAN } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const police: AgencyRecord = {
  id: 'police',
  name: { zh: '公安', en: 'Police' },
  connection: 'push',
  baseUrl: 'https://police.example/api',
  secrets: ['whsec_new', 'whsec_old'],
  timeoutMs: 5_000,
  allowPrivate: true,
  maxPerSecond: 2.5,
  maxInFlight: 16,
  nature: 'organ',
  enquireAfterS: 60,
};

describe('agencies', () => {
  it('are read as they were written, and can be written again', async () => {
    const post: AgencyRecord = {
      id: 'post',
      name: { zh: '邮政', en: 'Post' },
      connection: 'worklist',
      secrets: [],
      timeoutMs: 10_000,
      allowPrivate: false,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 900,
    };
    await upsertAgency(database.db, database.cipher, police);
    await upsertAgency(database.db, database.cipher, { ...post, timeoutMs: 1_000 });
    await upsertAgency(database.db, database.cipher, post);
    expect(await listAgencies(database.db, database.cipher)).toEqual([police, post]);
    expect(await findAgency(database.db, database.cipher, 'post')).toEqual(post);
    expect(await findAgency(database.db, database.cipher, 'tax')).toBeUndefined();
  });

  it('with a push connection need an address and a secret', async () => {
    const { baseUrl: _url, ...withoutUrl } = { ...police, id: 'tax' };
    await expect(upsertAgency(database.db, database.cipher, withoutUrl)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('matters', () => {
  it('are published once for each version', async () => {
    const publish = (hash: string) => publishMatter(database.db, { matter: HOUSE_MOVE, hash, by: 'admin-1' });
    expect(await publish(HOUSE_MOVE_PLAN.hash)).toBe('unchanged');
    await expect(publish('b'.repeat(64))).rejects.toMatchObject({ code: 'MATTER_VERSION_TAKEN' });
  });

  it('are found by version, or the newest', async () => {
    await publishMatter(database.db, { matter: { ...HOUSE_MOVE, version: 2 }, hash: 'c', by: 'admin-1' });
    await publishMatter(database.db, { matter: { ...HOUSE_MOVE, version: 10 }, hash: 'd', by: 'admin-1' });
    expect(await findMatter(database.db, 'house-move', 1)).toMatchObject({
      matter: HOUSE_MOVE,
      hash: HOUSE_MOVE_PLAN.hash,
    });
    expect(await findMatter(database.db, 'house-move')).toMatchObject({ hash: 'd' });
    expect(await findMatter(database.db, 'house-move', 3)).toBeUndefined();
    expect((await listMatters(database.db)).map(({ hash }) => hash)).toEqual(['d']);
  });
});

describe('tokens', () => {
  it('name their holder while they are valid', async () => {
    const holder = { role: 'officer', account: 'officer-1', agency: 'police', region: '3304' } as const;
    const token = await createToken(database.db, database.cipher, holder);
    expect(token).toMatch(/^om_[\w-]{43}$/);
    expect(await findTokenHolder(database.db, database.cipher, token)).toMatchObject(holder);

    const clerk = await createToken(database.db, database.cipher, { role: 'clerk', account: 'clerk-1' });
    expect(await findTokenHolder(database.db, database.cipher, clerk)).toMatchObject({
      role: 'clerk',
      account: 'clerk-1',
      region: '',
    });

    const expired = await createToken(database.db, database.cipher, { ...holder, expiresAt: Date.now() - 1 });
    await database.db.query('update tokens set revoked_at = now() where hash = $1', [
      database.cipher.hash('token', token),
    ]);
    for (const invalid of [expired, token, `${clerk}x`, '']) {
      expect(await findTokenHolder(database.db, database.cipher, invalid)).toBeUndefined();
    }
  });

  it('have a last use, which is noted once a minute and not with each request', async () => {
    const { db, cipher } = database;
    const secret = await createToken(db, cipher, { role: 'clerk', account: 'clerk-9' });
    const readLastUse = async () => (await listTokens(db, 'clerk-9'))[0]!.lastUsedAt;
    const writes: string[] = [];
    const observed: Db = {
      query: ((statement: { name: string }, ...rest: []) => {
        if (statement.name === 'note-token-use') writes.push(statement.name);
        return (db.query as (...args: unknown[]) => unknown)(statement, ...rest);
      }) as Db['query'],
    };
    const use = () => identifyBearer(observed, cipher, `Bearer ${secret}`);
    expect(await readLastUse()).toBeUndefined();
    expect(await use()).toMatchObject({ account: 'clerk-9', role: 'clerk' });
    const first = (await readLastUse())!;
    for (let n = 0; n < 20; n += 1) await use();
    expect([writes.length, await readLastUse()]).toEqual([1, first]);
    await db.query(`update tokens set last_used_at = last_used_at - interval '61 seconds' where hash = $1`, [
      cipher.hash('token', secret),
    ]);
    await Promise.all(Array.from({ length: 5 }, use));
    expect(await readLastUse()).toBeGreaterThanOrEqual(first);
  });

  it('of an officer belong to an agency', async () => {
    const token = createToken(database.db, database.cipher, { role: 'officer', account: 'officer-2' });
    await expect(token).rejects.toMatchObject({ code: '23514' });
  });
});
