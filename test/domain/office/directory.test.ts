import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadOffices, SHIPPED_OFFICES } from '../../../domain/authoring/load-offices.ts';
import { findAddress, type OfficeAddress } from '../../../domain/office/directory.ts';

const office = (id: string, more: Partial<OfficeAddress>): OfficeAddress => ({
  id,
  name: { zh: id, en: id },
  division: '339900',
  agencies: ['tax'],
  window: false,
  address: { zh: '示例路1号', en: '1 Shili Road' },
  hours: { zh: '工作日', en: 'Working days' },
  telephone: '0000-0000001',
  from: '2026-01-01',
  ...more,
});
const NOW = Date.parse('2026-11-20T02:00:00Z');

describe('the address of an office', () => {
  const offices = [
    office('old', { until: '2026-11-19' }),
    office('new', { from: '2026-11-20' }),
    office('city', { division: '3304', agencies: ['tax', 'police'] }),
    office('county', { division: '330411' }),
    office('window', { division: '33', agencies: [], window: true }),
  ];
  it.each([
    [{ agency: 'tax' }, '339900', 'new'],
    [{ agency: 'tax' }, '330411', 'county'],
    [{ agency: 'police' }, '330411', 'city'],
    ['window', '330411', 'window'],
    ['window', '420106', undefined],
    [{ agency: 'post' }, '330411', undefined],
  ] as const)('%o in %s: %s', (wanted, division, id) => {
    expect(findAddress({ offices }, wanted, division, NOW)?.id).toBe(id);
  });

  it('holds from the first day to the last, both included, in China', () => {
    const at = (time: string) => findAddress({ offices }, { agency: 'tax' }, '339900', Date.parse(time))?.id;
    expect(at('2026-11-19T15:59:59Z')).toBe('old');
    expect(at('2026-11-19T16:00:00Z')).toBe('new');
    expect(at('2025-12-31T15:59:59Z')).toBeUndefined();
  });
});

describe('a directory of offices', () => {
  it('is shipped as an example with every entry marked', () => {
    const loaded = loadOffices(readFileSync(SHIPPED_OFFICES, 'utf8'), 'offices.yaml');
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    for (const { name, address } of loaded.directory.offices) {
      expect([name.zh, address.zh].every((text) => text.includes('示例'))).toBe(true);
    }
  });

  it.each([
    [{ division: '330499' }, 'unknown-division'],
    [{ agencies: [] }, 'office-for-nothing'],
    [{ until: '2025-12-31' }, 'backwards'],
    [{ telephone: 'x' }, 'wrong-value'],
  ])('with %o is refused: %s', (more, rule) => {
    const source = stringify({ version: '2026.1', offices: [office('one', more)] });
    const loaded = loadOffices(source, 'offices.yaml');
    expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.rule)).toEqual([rule]);
  });

  it('names an office once', () => {
    const source = stringify({ version: '2026.1', offices: [office('one', {}), office('one', {})] });
    const loaded = loadOffices(source, 'offices.yaml');
    expect(loaded.ok ? [] : loaded.problems.map(({ rule }) => rule)).toEqual(['duplicate-id']);
  });
});
