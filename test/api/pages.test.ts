import chromium from '@sparticuz/chromium';
import { chromium as browsers, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApi, type Api } from './harness.ts';

let api: Api;
let browser: Browser;
let page: Page;
/** What the browser complains of: above all, what the page's policy forbids. */
let complaints: string[];

beforeAll(async () => {
  api = await openApi();
  browser = await browsers.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  });
  page = await browser.newPage({ locale: 'zh-CN' });
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser.close();
  await api.close();
});
beforeEach(() => {
  complaints = [];
});

describe("the applicant's page", () => {
  it('shows how far the case is for number and code, in either language', async () => {
    const { caseNo, queryCode } = await api.start();
    await page.goto(`${api.url}/progress/`);
    await page.getByLabel('办件编号').fill(caseNo.replace(/^(.{6})/, '$1 '));
    await page.getByLabel('查询码').fill(queryCode);
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByRole('heading', { name: '迁居' }).waitFor();
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('办理中'),
      expect.stringContaining('办理中'),
      expect.stringContaining('未开始'),
    ]);
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByRole('listitem').last().innerText()).toContain('Not started');
    expect(page.url()).not.toContain(queryCode);
    expect(complaints).toEqual([]);
  });

  it('folds the steps that are done, counts them, and says once that each is done', async () => {
    const { caseId, caseNo, queryCode } = await api.start();
    await api.pool.query("update steps set status = 'done' where case_id = $1", [caseId]);
    await page.goto(`${api.url}/progress/`);
    await page.getByLabel('办件编号').fill(caseNo);
    await page.getByLabel('查询码').fill(queryCode);
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('已办结 3 项，共 3 项').waitFor();
    expect(await page.getByRole('listitem').count()).toBe(0);
    await page.getByText('已办结的 3 项').click();
    const first = page.getByRole('listitem').first();
    expect((await first.innerText()).match(/已办结/g)).toHaveLength(1);
    await page.getByRole('button', { name: 'English' }).click();
    expect((await first.innerText()).match(/Done/g)).toHaveLength(1);
  });

  it('marks a promised date as provisional while the holidays of that time are not announced', async () => {
    const { caseId, caseNo, queryCode } = await api.start();
    const showCase = async (): Promise<string> => {
      await page.goto(`${api.url}/progress/`);
      await page.getByLabel('办件编号').fill(caseNo);
      await page.getByLabel('查询码').fill(queryCode);
      await page.getByRole('button', { name: '查询' }).click();
      return page.getByRole('definition').nth(1).innerText();
    };
    await api.pool.query('update cases set provisional = false where id = $1', [caseId]);
    expect(await showCase()).not.toContain('暂定');
    await api.pool.query('update cases set provisional = true where id = $1', [caseId]);
    expect(await showCase()).toContain('暂定');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByRole('definition').nth(1).innerText()).toContain('provisional');
  });

  it('reports a wrong code and a missing value', async () => {
    const { caseNo, queryCode } = await api.start();
    await page.goto(`${api.url}/progress/`);
    await page.getByRole('button', { name: '查询' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('20 位');
    await page.getByLabel('办件编号').fill(caseNo);
    await page.getByLabel('查询码').fill(queryCode === '0000000000' ? '0000000001' : '0000000000');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByRole('alert').getByText('不正确').waitFor();
  });
});

describe('the documentation page', () => {
  it('draws the description under the strict policy', async () => {
    await page.goto(`${api.url}/api/docs/`);
    await page.getByText('Start a case').waitFor();
    expect(complaints).toEqual([]);
  });
});
