import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatOurCallId } from '../../agencies/call-id.ts';
import { signedHeaders, verify } from '../../agencies/signature.ts';
import { UndoRequest } from '../../agencies/contract.ts';

const page = readFileSync(new URL('../../docs/agency-protocol.md', import.meta.url), 'utf8');
const section = /### A worked signature\n(.*?)\n## /s.exec(page)?.[1] ?? '';

const findBlock = (language: string): string =>
  new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 's').exec(section)?.[1] ??
  expect.fail(`There is no ${language} block`);

const secret = /`(whsec_[^`]+)`/.exec(section)?.[1] ?? '';
const [head = '', body = ''] = findBlock('http').split('\n\n');
const headers: Record<string, string> = Object.fromEntries(
  head.split('\n').flatMap((line) => {
    const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    return name !== undefined && value !== undefined ? [[name, value]] : [];
  }),
);

describe('the worked signature in the documents', () => {
  it('is what this product sends and accepts', () => {
    const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = headers;
    const raw = Buffer.from(body);
    expect(headers).toMatchObject(signedHeaders([secret], id, Number(timestamp), raw));
    expect(verify([secret], headers, raw, Number(timestamp) * 1000)).toBe('ok');
    expect(id).toBe(formatOurCallId(UndoRequest.parse(JSON.parse(body)).requestId, 'undo'));
  });

  it.each([
    ['js', process.execPath, ['--input-type=module', '-e']],
    ['sh', 'sh', ['-c']],
  ])('is what its %s block prints', (language, command, options) => {
    const printed = execFileSync(command, [...options, findBlock(language)], { encoding: 'utf8' });
    expect(printed.trim()).toBe(headers['webhook-signature']);
  });
});
