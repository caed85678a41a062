import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { checkForm } from '../../../domain/form/form.ts';
import { matterFile } from '../../../domain/authoring/load.ts';
import type { Field, Matter } from '../../../domain/matter/schema.ts';
import { CLOCK } from '../authoring/small-matter.ts';

const folder = join(import.meta.dirname, '../../../catalog');
const catalog = await loadCatalog(folder);
const matters = catalog.ok ? catalog.matters.map(({ matter }) => matter) : [];

/** The forms of the valid samples of a matter. */
const formsOf = ({ code }: Matter): { name: string; form: unknown }[] => {
  const samples = join(folder, matterFile(code), '../samples/valid');
  return readdirSync(samples).map((name) => {
    const { request } = JSON.parse(readFileSync(join(samples, name), 'utf8')) as { request: { form: unknown } };
    return { name, form: request.form };
  });
};

interface Spoiled {
  place: string;
  how: string;
  form: unknown;
}

const MISSING = Symbol('missing');

/** Wrong values for a field, besides a value of another type. */
const wrongValues = ({ type, format, formatBy, minimum, maximum, maxItems }: Field): unknown[] => {
  switch (type) {
    case 'text':
      return format || formatBy ? ['#', '\ufffd'] : ['\ufffd', 'x'.repeat(501)];
    case 'choice':
      return ['no such choice'];
    case 'integer':
    case 'number':
      return [(minimum ?? -1e9) - 1, (maximum ?? 1e9) + 1, '1'];
    case 'boolean':
      return ['true', 1];
    case 'group':
      return [[], 'x'];
    case 'list':
      return ['x', {}, Array((maxItems ?? 1) + 1).fill('x')];
  }
};

/** The form with one field spoiled, for every field that it has and for every way to spoil it. */
const spoil = (fields: readonly Field[], form: unknown): Spoiled[] => {
  const spoiled: Spoiled[] = [];
  const walk = (inside: readonly Field[], group: unknown, prefix: string, put: (value: unknown) => unknown): void => {
    if (typeof group !== 'object' || group === null) return;
    for (const field of inside) {
      if (!Object.hasOwn(group, field.id)) continue;
      const place = prefix + field.id;
      const value: unknown = Reflect.get(group, field.id);
      const { [field.id]: _, ...others } = group as Record<string, unknown>;
      const replace = (other: unknown) => put(other === MISSING ? others : { ...group, [field.id]: other });
      for (const wrong of [...wrongValues(field), { a: { a: 1 } }, MISSING]) {
        if (field.type === 'group' && wrong instanceof Object && !Array.isArray(wrong)) continue;
        spoiled.push({
          place,
          how: wrong === MISSING ? 'missing' : JSON.stringify(wrong).slice(0, 20),
          form: replace(wrong),
        });
      }
      if (field.type === 'group') walk(field.fields ?? [], value, `${place}.`, replace);
      if (field.type !== 'list' || !Array.isArray(value)) continue;
      for (const [index, item] of value.entries()) {
        walk(field.fields ?? [], item, `${place}[${index}].`, (other) => replace(value.with(index, other)));
      }
    }
  };
  walk(fields, form, '', (whole) => whole);
  return spoiled;
};

/** Everything that is said about a form, problems and warnings. */
const complaintsOf = (matter: Matter, form: unknown): string[] => {
  const checked = checkForm(matter, form, CLOCK);
  return [...(checked.ok ? [] : checked.problems), ...checked.warnings].map(({ path, rule }) => `${path} ${rule}`);
};

const isAt = (complaint: string, place: string): boolean =>
  [' ', '.', '['].some((next) => complaint.startsWith(place + next));

describe.each(matters)('one spoiled field of $code', (matter) => {
  it.each(formsOf(matter))('is the only one that is complained of: $name', ({ form }) => {
    const before = new Set(complaintsOf(matter, form));
    const spoiled = spoil(matter.form, form);
    expect(spoiled.length).toBeGreaterThan(100);
    const elsewhere: string[] = [];
    for (const { place, how, form: wrong } of spoiled) {
      const complaints = complaintsOf(matter, wrong);
      // A field that is not required may be missing, and the form then means something else.
      if (how === 'missing' && !complaints.some((one) => isAt(one, place))) continue;
      if (!complaints.some((one) => isAt(one, place))) elsewhere.push(`${place} ${how}: nothing`);
      for (const one of complaints)
        if (!isAt(one, place) && !before.has(one)) elsewhere.push(`${place} ${how}: ${one}`);
    }
    expect(elsewhere).toEqual([]);
  });
});
