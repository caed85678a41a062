import { afterAll, beforeAll, expect, it } from 'vitest';
import { acceptCase } from '../../db/cases/cases.ts';
import { addDossierRevision } from '../../db/cases/dossiers.ts';
import { runOnce } from '../../db/messages/idempotency.ts';
import { putMessage } from '../../db/messages/inbox.ts';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { putPerson, switchPerson } from '../../db/registry/people.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { newCase, openDatabase, type TestDatabase } from '../support/database.ts';
import { readEveryColumn } from '../support/every-column.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Invented persons; each string is used in the place of a real one. */
const PLANTED = {
  idNo: '339900199003070018',
  name: '诸葛·阿尔斯兰',
  mother: '端木清漪',
  mobile: '19900001234',
  address: '秀洲区云栖路99弄8号302室',
  childName: '诸葛望舒',
  childIdNo: '33990020241120004X',
  passport: 'E99887766',
  titleNo: '浙(2024)秀洲区不动产权第0099887号',
  plate: '浙F99Z88',
  bankAccount: '6222020200112233445',
  email: 'zhuge@mail.example',
  photo: 'sha256-of-a-face-4711',
  newAddress: '南湖区观潮弄7号',
  reason: '出生医学证明编号与底档不符',
  result: '户口簿号 339900-7788',
  item: '请补交结婚登记证明原件',
  answer: '结婚证字号 J339900-2019-001234',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

it('no column of any table contains a personal value, secret or token in clear text', async () => {
  const { db, cipher } = database;
  const { idNo, name, reason, result, item, answer, secret, newAddress, photo, ...rest } = PLANTED;
  const form = { ...rest, idNo, name };
  const request = { account: 'clerk-1', key: 'key-1', requestHash: cipher.hash('request', JSON.stringify(form)) };
  const once = await runOnce(db, cipher, request, async (client) => {
    const accepted = await acceptCase(
      client,
      cipher,
      newCase({
        form,
        materials: [{ id: 'photo', reference: photo }],
        keys: [
          { kind: 'id-no', value: idNo },
          { kind: 'name', value: name },
        ],
      }),
    );
    return { status: 201, response: { ...accepted, name } };
  });
  const { caseId, queryCode } = (once as unknown as { response: { caseId: string; queryCode: string } }).response;
  await addDossierRevision(db, cipher, { caseId, previous: 1, form: { ...form, address: newAddress }, materials: [] });
  await putMessage(db, cipher, {
    caseId,
    messageId: 'm-1',
    source: 'callback',
    message: {
      kind: 'decision',
      id: 'm-1',
      stepId: 'register',
      round: 1,
      decision: 'refused',
      by: { role: 'agency', id: 'police' },
    },
    body: { reason, result, supplements: [{ reason: item }], answers: [answer] },
  });
  const agency = {
    id: 'police',
    name: { zh: '公安', en: 'Police' },
    connection: 'push',
    baseUrl: 'https://police.example',
  } as const;
  await upsertAgency(db, cipher, {
    ...agency,
    secrets: [secret],
    timeoutMs: 1_000,
    allowPrivate: false,
    maxInFlight: 16,
    nature: 'organ',
    enquireAfterS: 9,
  });
  await putPerson(db, cipher, { account: 'clerk-1', name });
  await switchPerson(db, cipher, { account: 'clerk-1', disabled: true, by: 'admin-1', reason });
  await switchPerson(db, cipher, { account: 'clerk-1', disabled: false, by: 'admin-1', reason });
  const token = await createToken(db, cipher, { role: 'clerk', account: 'clerk-1' });

  const text = await readEveryColumn(database.adminUrl);
  expect(text).toContain('https://police.example');
  const found = [...Object.values(PLANTED), token].filter((value) => text.includes(value));
  expect(found).toEqual([]);
  expect(text).not.toContain(`"${queryCode}"`);
});
