import { expect, it } from 'vitest';
import { boundFindings, MAX_FINDINGS } from '../../api/http/findings.ts';

const findings = (count: number, message = 'x') =>
  Array.from({ length: count }, (_, index) => ({ path: `body.k${index}`, rule: 'required', message }));

it('shows all findings that an answer can hold', () => {
  expect(boundFindings(findings(MAX_FINDINGS))).toEqual({ shown: findings(MAX_FINDINGS), omitted: 0 });
});

it('counts those beyond the limit', () => {
  expect(boundFindings(findings(5_000))).toEqual({ shown: findings(MAX_FINDINGS), omitted: 5_000 - MAX_FINDINGS });
});

it('shows fewer where the texts of a matter are long', () => {
  const { shown, omitted } = boundFindings(findings(MAX_FINDINGS, '长'.repeat(1_000)));
  expect(shown.length + omitted).toBe(MAX_FINDINGS);
  expect(shown.length).toBeGreaterThan(10);
  expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(50 * 1024);
});
