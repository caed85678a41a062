import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { endRole, findPerson, switchPerson } from '../../db/registry/people.ts';
import { createToken, listTokens, revokeToken, rotateToken } from '../../db/registry/tokens.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { withClient } from '../../sandbox/database.ts';
import { makeSignedCall } from '../support/sign.ts';
import { openApi, type Api } from './harness.ts';

/** An answer that stays open ends within seconds of the token of its caller, in every process. */

let api: Api;
let other: string;
beforeAll(async () => {
  api = await openApi();
  other = await api.another();
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

/** A new person with one token. */
const createPerson = async (role: 'clerk' | 'officer') => {
  const account = `${role}-${uuidv7()}`;
  const agency = role === 'officer' ? { agency: 'post', region: '99' } : { region: '33' };
  const token = await createToken(api.pool, api.cipher, { role, account, ...agency });
  const [record] = await listTokens(api.pool, account);
  return { account, token, id: record!.id };
};
type Person = Awaited<ReturnType<typeof createPerson>>;

const openStream = async (url: string, caseId: string, token: string) => {
  const response = await fetch(`${url}/api/v1/cases/${caseId}/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const reader = response.body!.getReader();
  await reader.read();
  const readOn = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  return { reader, ended: readOn };
};

const rotate = (id: string, graceMs: number) =>
  inTransaction(api.pool, (client) =>
    rotateToken(client, api.cipher, { id, graceMs, expiresAt: Date.now() + 86_400_000, by: 'admin-1' }),
  );

const WAYS: Record<string, (person: Person) => Promise<unknown>> = {
  'is revoked': ({ id }) => revokeToken(api.pool, id, 'admin-1'),
  'is rotated': ({ id }) => rotate(id, 0),
  expires: ({ id }) => rotate(id, 300),
  'loses its role': async ({ account }) => {
    const person = await findPerson(api.pool, api.cipher, account);
    await endRole(api.pool, person!.roles[0]!.id, 'admin-1');
  },
  'belongs to a person who is disabled': ({ account }) =>
    switchPerson(api.pool, api.cipher, { account, disabled: true, by: 'admin-1', reason: 'left the office' }),
  'is revoked while no notification arrives': async ({ account }) => {
    await api.pool.query(
      'update tokens set revoked_at = now() from person_roles where person_roles.id = role_id and account = $1',
      [account],
    );
    await withClient(api.serviceUrl, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'listen' and datname = current_database()`,
      ),
    );
  },
};

describe.each(Object.entries(WAYS))('a token that %s', (_way, end) => {
  it('ends its streams in every process, and no other stream', async () => {
    const { caseId } = await api.start();
    const person = await createPerson('clerk');
    const streams = [await openStream(api.url, caseId, person.token), await openStream(other, caseId, person.token)];
    const control = await openStream(api.url, caseId, api.tokens.clerk);
    await end(person);
    await Promise.all(streams.map(({ ended }) => ended()));
    expect((await api.call('GET', `/api/v1/cases/${caseId}`, { token: person.token })).status).toBe(401);

    await api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
      token: api.tokens.police,
      body: { messageId: uuidv7(), decision: 'approved' },
    });
    expect((await control.reader.read()).done).toBe(false);
    await control.reader.cancel();
  });

  it('ends its waiting requests with 401', async () => {
    const person = await createPerson('officer');
    const waiting = api.call('GET', '/agency/v1/tasks?wait=30', { token: person.token });
    // The request has been let in.
    await expect.poll(async () => (await listTokens(api.pool, person.account))[0]!.lastUsedAt).toBeGreaterThan(0);
    await end(person);
    expect(await waiting).toMatchObject({ status: 401, body: { code: 'AUTHENTICATION_REQUIRED' } });
  });
});

describe('the secret of an agency that is replaced', () => {
  it('ends the waiting requests that it signed with 401, and not those that the agency signs with the new one', async () => {
    const agency = `agency-${uuidv7()}`;
    const [old, fresh] = [createSecret(), createSecret()];
    const register = (...secrets: string[]) =>
      upsertAgency(api.pool, api.cipher, {
        ...{
          id: agency,
          name: { zh: '某局', en: 'An agency' },
          nature: 'organ',
          connection: 'push',
          baseUrl: 'http://127.0.0.1:9',
        },
        ...{ secrets, timeoutMs: 1_000, allowPrivate: true, maxInFlight: 16, enquireAfterS: 900 },
      });
    const list = (secret: string, query = '') => {
      const path = `/agency/v1/tasks${query}`;
      const { headers } = makeSignedCall({ agency, secret, method: 'GET', path, body: undefined });
      return api.call('GET', path, { headers });
    };
    const wait = async (secret: string) => {
      // The API has heard of the secret.
      await expect.poll(async () => (await list(secret)).status).toBe(200);
      const answer = list(secret, '?wait=20');
      const state = { over: false };
      void answer.then(() => (state.over = true));
      // The request is waiting by then.
      await api.call('GET', '/readyz');
      return { answer: () => answer, state };
    };

    await register(old);
    const first = await wait(old);
    await register(fresh, old);
    const second = await wait(fresh);
    expect(first.state.over).toBe(false);
    await register(fresh);
    expect(await first.answer()).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
    expect(second.state.over).toBe(false);
    await register(createSecret());
    expect(await second.answer()).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
  });
});

const createSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
