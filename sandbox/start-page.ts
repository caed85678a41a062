import type { SampleCase } from './samples.ts';
import type { SandboxFile } from './sandbox-file.ts';

/**
 * The page that `npm start` prints when everything runs: addresses, and three things to try, in
 * both languages.
 */
export const drawStartPage = (
  sandbox: SandboxFile,
  options: { file: string; home: string | undefined; samples: readonly SampleCase[]; seconds: number },
): string => {
  const { file, home, samples, seconds } = options;
  // The commands need `ONE_MATTER_HOME` to find a sandbox outside the default folder.
  const cli = `${home === undefined ? '' : `ONE_MATTER_HOME='${home}' `}npm run cli --`;
  const watched = samples[0]?.caseNo ?? '<case>';
  const rows = [
    ['API 接口', sandbox.api],
    ['Documentation 文档', `${sandbox.api}/api/docs`],
    ['Temporal', sandbox.temporalUi ?? sandbox.temporal],
    ['Agencies 模拟部门', sandbox.sandbox],
    ['Clerk token 窗口令牌', sandbox.tokens.clerk],
    ['More 更多令牌与密钥', file],
  ];
  return [
    '',
    `one-matter 一件事  ready 已就绪 (${seconds.toFixed(1)} s)`,
    '',
    ...rows.map(([name = '', value = '']) => `  ${pad(name, 24)}${value}`),
    ...(samples.length === 0 ? [] : ['', 'Open cases 办理中的办件', '']),
    ...samples.map(({ caseNo, queryCode, title }) => `  ${caseNo}  ${queryCode}  ${title.zh}  ${title.en}`),
    '',
    'Try 试一试',
    '',
    '  # submit a case and watch it 提交一件并查看办理过程',
    `  ${cli} case start catalog/newborn-registration/samples/valid/twins.json --invent --watch`,
    '  # show one of these cases 查看一件',
    `  ${cli} case show ${watched}`,
    '  # make the police unavailable, then submit a case; {"mode":"callback"} ends the outage 模拟公安系统中断',
    `  curl -X PUT ${sandbox.sandbox}/sandbox/agencies/police/behaviour -H 'content-type: application/json' -d '{"mode":"down"}'`,
    '',
    'Ctrl-C stops everything and keeps the data. Ctrl-C 停止，数据保留。',
    '',
  ].join('\n');
};

/** Chinese characters take two columns. */
const pad = (text: string, columns: number): string => {
  const width = Array.from(text).reduce((sum, character) => sum + (/[\u2e80-\uffef]/u.test(character) ? 2 : 1), 0);
  return text + ' '.repeat(Math.max(1, columns - width));
};
