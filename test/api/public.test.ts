import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishOffices } from '../../db/registry/office-directories.ts';
import { loadOffices, SHIPPED_OFFICES } from '../../domain/authoring/load-offices.ts';
import { type SubmittedCase } from '../../contract/cases.ts';
import { PublicProgress } from '../../contract/progress.ts';
import { openApi, send, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const loaded = loadOffices(readFileSync(SHIPPED_OFFICES, 'utf8'), 'offices.yaml');
  if (!loaded.ok) throw new Error('the shipped offices are wrong');
  await publishOffices(api.pool, { ...loaded, by: 'test' });
});
afterAll(() => api.close());

const ask = (caseNo: string, code: string) => api.call('POST', '/public/v1/progress', { body: { caseNo, code } });
/** Asks as a caller behind one proxy. */
const askFrom = async (url: string, from: string, caseNo: string, code: string) =>
  send(`${url}/public/v1/progress`, 'POST', { body: { caseNo, code }, headers: { 'x-forwarded-for': from } });
const changeCode = (code: string) => String((Number(code) + 1) % 10 ** 10).padStart(10, '0');

describe('the progress that an applicant sees', () => {
  it('is in plain words of both languages, without ids or people', async () => {
    const { caseNo, queryCode, caseId } = await api.start();
    const { status, body } = await ask(caseNo, queryCode);
    expect(status).toBe(200);
    expect(PublicProgress.strict().parse(body)).toMatchObject({
      caseNo,
      matter: { zh: '迁居', en: 'Moving house' },
      status: { code: 'accepted', text: { zh: '已受理，正在办理', en: 'Accepted, in progress' } },
      steps: [{ state: 'running' }, { state: 'running' }, { state: 'todo' }],
    });
    for (const hidden of [caseId, 'clerk-1', '林晓雨']) expect(JSON.stringify(body)).not.toContain(hidden);
    const addMarks = (text: string) => `\u202d${text}\u202c`;
    expect((await ask(caseNo.replace(/^(.{6})/, '$1-'), queryCode)).status).toBe(200);
    expect((await ask(addMarks(caseNo), addMarks(queryCode.replace(/^(.{3})/, '$1 ')))).status).toBe(200);
  });

  it('has the office with address and telephone where it waits for the applicant', async () => {
    const { caseNo, queryCode, caseId } = await api.start();
    const todoAfter = async (change: string) => {
      await api.pool.query(`update steps set ${change} where case_id = $1 and id = 'register'`, [caseId]);
      const { todo } = PublicProgress.parse((await ask(caseNo, queryCode)).body);
      return todo.map(({ kind, office }) => [kind, office?.name.zh]);
    };
    // Money is paid at the office that decides the step.
    expect(await todoAfter(`status = 'accepted', kind = 'pay', division = '330106'`)).toEqual([
      ['payment', '西湖区政务服务中心（示例）'],
    ]);
    expect(await todoAfter(`division = '420106'`)).toEqual([['payment', undefined]]);
    // An address is corrected where the case was accepted.
    expect(await todoAfter(`status = 'attention', attention = 'PARCEL_RETURNED'`)).toEqual([
      ['address', '秀洲区政务服务中心（示例）'],
    ]);
  });

  it('is refused in the same way for a wrong code, an unknown number and an impossible one', async () => {
    const { caseNo, queryCode } = await api.start();
    const strip = ({ status, body }: Awaited<ReturnType<typeof ask>>) => ({
      status,
      body: { ...body, correlationId: '' },
    });
    const wrongCode = strip(await ask(caseNo, changeCode(queryCode)));
    expect(wrongCode.status).toBe(404);
    expect(strip(await ask('33041120241120000011', queryCode))).toEqual(wrongCode);
    expect(strip(await ask('1', queryCode))).toEqual(wrongCode);
  });

  it('opens for the applicant while a stranger tries wrong codes from other networks', async () => {
    const { caseNo, queryCode } = await api.start();
    const url = await api.another({ trustedProxies: 1 });
    const ask = async (from: string, code: string) => (await askFrom(url, from, caseNo, code)).status;
    const wrong = changeCode(queryCode);
    const repeat = async (times: number, from: string) => {
      const seen: number[] = [];
      for (let index = 0; index < times; index += 1) seen.push(await ask(from, wrong));
      return seen;
    };
    expect(await repeat(6, '192.0.2.1')).toEqual([404, 404, 404, 404, 404, 429]);
    expect(await ask('192.0.2.200', queryCode), 'the same /24').toBe(429);
    expect(await ask('198.51.100.7', queryCode), 'another network').toBe(200);
    expect(await repeat(3, '2001:db8:0:1::1')).toEqual([404, 404, 404]);
    // The case has had its eight wrong codes: each network has two tries in an hour.
    expect(await ask('2001:db8:0:1:ffff::2', queryCode), 'the same /64').toBe(429);
    expect(await repeat(3, '203.0.113.5')).toEqual([404, 404, 429]);
    for (let index = 0; index < 4; index += 1) expect(await ask('198.51.100.7', queryCode)).toBe(200);
    expect(await ask('2001:db8:0:2::1', queryCode)).toBe(200);
  });

  it('takes neither number nor code in the address', async () => {
    const { caseNo, queryCode } = await api.start();
    expect((await api.call('GET', `/public/v1/progress/${caseNo}?code=${queryCode}`)).status).toBe(404);
    const inQuery = `/public/v1/progress?caseNo=${caseNo}&code=${queryCode}`;
    expect((await api.call('POST', inQuery, { body: { caseNo, code: queryCode } })).status).toBe(400);
    expect((await api.call('GET', inQuery)).status).toBe(405);
  });

  it('is closed for a network after a few wrong codes, even to the right one; right ones do not count', async () => {
    const { caseNo, queryCode }: SubmittedCase = await api.start();
    for (let index = 0; index < 8; index += 1) expect((await ask(caseNo, queryCode)).status).toBe(200);
    for (let index = 0; index < 5; index += 1) expect((await ask(caseNo, changeCode(queryCode))).status).toBe(404);
    const limited = await ask(caseNo, queryCode);
    expect(limited).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', retry: true } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('never writes its code to a log', async () => {
    const { caseNo, queryCode } = await api.start();
    await ask(caseNo, queryCode);
    expect(api.log.join('')).not.toContain(queryCode);
    expect(api.log.join('')).not.toContain(caseNo);
  });

  it('has a page of static files that a strict policy allows', async () => {
    const { status, headers, text } = await api.call('GET', '/progress/');
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style=/);
    for (const file of ['progress.js', 'progress.css'])
      expect((await api.call('GET', `/progress/${file}`)).status).toBe(200);
    for (const input of ['case-no', 'code']) expect(text).toContain(`<label for="${input}"`);
  });
});
