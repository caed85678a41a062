import type { z } from 'zod';
import { pathText, suggest, type DefinitionPath, type Finding } from './findings.ts';
import { isGroup } from '../matter/values.ts';

type Issue = z.core.$ZodIssue;

/** An example for a missing key. */
const EXAMPLES: Readonly<Record<string, string>> = {
  name: 'name: { zh: 中文, en: English }',
  summary: 'summary: { zh: 中文, en: English }',
  message: 'message: { zh: 中文, en: English }',
  zh: 'the Chinese text',
  en: 'the English text',
  undo: 'undo: { class: none } (or another class: how the step is taken back)',
  class: 'class: none (or void, withdraw, refund, restore, correct, revoke, stop)',
  limit: 'limit: { promised: { workingDays: 1 }, example: true }',
  promised: 'promised: { workingDays: 1 }',
  discloses: 'discloses: [the fields that the agency is sent]; [] for none',
};

/**
 * Turns the issues of zod about a definition into findings that say how to fix them. `input` is the
 * content of the file; `jsonSchema` is the same schema, which knows the keys of every place.
 */
export const explainIssues = (
  issues: readonly Issue[],
  input: unknown,
  jsonSchema: Record<string, unknown>,
  prefix: DefinitionPath = [],
): Finding[] => issues.flatMap((issue) => explainIssue(issue, input, jsonSchema, prefix));

const explainIssue = (
  issue: Issue,
  input: unknown,
  jsonSchema: Record<string, unknown>,
  prefix: DefinitionPath,
): Finding[] => {
  const path = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => explainUnknownKey(key, path, input, jsonSchema));
    case 'invalid_union': {
      const branch = issue.errors.find(isMeant);
      return branch
        ? explainIssues(branch, input, jsonSchema, path)
        : [{ ...explainWrongValue(issue, path, input), fix: `Write ${issue.message}.` }];
    }
    case 'invalid_type':
      return valueAt(input, path) === undefined
        ? [explainMissing(issue, path, input)]
        : [explainWrongValue(issue, path, input)];
    case 'invalid_value':
      return valueAt(input, path) === undefined
        ? [explainMissing(issue, path, input)]
        : [explainWrongChoice(issue, path, input)];
    default:
      return [explainWrongValue(issue, path, input)];
  }
};

/** The author meant the branch of a union whose keys are the ones that were written. */
const isMeant = (errors: readonly Issue[]): boolean =>
  errors.every((error) => error.code !== 'unrecognized_keys' && error.path.length > 0);

const explainUnknownKey = (
  key: string,
  path: DefinitionPath,
  input: unknown,
  jsonSchema: Record<string, unknown>,
): Finding => {
  const value = valueAt(input, [...path, key]);
  const known = listKeys(path, jsonSchema);
  const fix =
    value === null
      ? 'Put the text before it in quotes: in { … } a comma ends a text.'
      : `${suggest(key, known)} Otherwise remove it.`;
  return { rule: 'unknown-key', path: [...path, key], atKey: true, message: `“${key}” is not known here`, fix };
};

const explainMissing = (issue: Issue, path: DefinitionPath, input: unknown): Finding => {
  const key = String(path.at(-1));
  const among = issue.code === 'invalid_value' ? `${key}: one of ${issue.values.map(String).join(', ')}` : undefined;
  const holder = holderOf(input, path.slice(0, -1));
  return {
    rule: 'missing',
    path,
    message: `${holder} has no “${key}”`,
    fix: `Add ${among ?? EXAMPLES[key] ?? `${key} (${describeExpected(issue)})`}.`,
  };
};

const explainWrongValue = (issue: Issue, path: DefinitionPath, input: unknown): Finding => ({
  rule: 'wrong-value',
  path,
  message: `“${pathText(path)}” is ${kindOf(valueAt(input, path))}`,
  fix: `Write ${describeExpected(issue)}.`,
});

const explainWrongChoice = (
  issue: Issue & { code: 'invalid_value' },
  path: DefinitionPath,
  input: unknown,
): Finding => {
  const value = valueAt(input, path);
  const known = issue.values.map(String);
  return {
    ...explainWrongValue(issue, path, input),
    message: typeof value === 'string' ? `“${value}” is not known here` : `It is ${kindOf(value)}`,
    fix:
      typeof value === 'string'
        ? `${suggest(value, known)} Allowed: ${known.join(', ')}.`
        : `Allowed: ${known.join(', ')}.`,
  };
};

/** What the schema expects, as a text. */
const describeExpected = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `at least ${String(issue.minimum)} ${issue.origin === 'string' ? 'character' : 'of them'}`
        : `a number ${issue.inclusive ? 'of at least' : 'above'} ${String(issue.minimum)}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `at most ${String(issue.maximum)} characters`
        : `at most ${String(issue.maximum)}`;
    case 'invalid_format':
      return issue.message;
    default:
      return issue.message;
  }
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return value === '' ? 'an empty text' : `“${value.slice(0, 60)}”`;
  if (isGroup(value)) return `{ ${Object.keys(value).join(', ')} }`;
  return JSON.stringify(value);
};

/**
 * The innermost part around a place that has an id, so that the message is clear without the file.
 */
const holderOf = (input: unknown, path: DefinitionPath): string => {
  const holder = valueAt(input, path);
  if (isGroup(holder) && typeof holder['id'] === 'string') return `“${holder['id']}”`;
  return path.length === 0 ? 'The file' : holderOf(input, path.slice(0, -1));
};

const valueAt = (input: unknown, path: DefinitionPath): unknown =>
  path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined;
    return isGroup(value) && typeof part === 'string' && Object.hasOwn(value, part) ? value[part] : undefined;
  }, input);

/** The keys that the schema allows at a place. */
const listKeys = (path: DefinitionPath, root: Record<string, unknown>): string[] => {
  let nodes = listAlternatives(root, root);
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      const properties = node['properties'];
      const inner = typeof part === 'number' ? node['items'] : isGroup(properties) && properties[String(part)];
      return listAlternatives(inner, root);
    });
  }
  return [...new Set(nodes.flatMap((node) => (isGroup(node['properties']) ? Object.keys(node['properties']) : [])))];
};

/** A schema's node with its `$ref` and its `anyOf` or `oneOf` followed. */
const listAlternatives = (node: unknown, root: Record<string, unknown>): Record<string, unknown>[] => {
  if (!isGroup(node)) return [];
  const { $ref, anyOf, oneOf } = node;
  if (typeof $ref === 'string') {
    const definitions = root['$defs'];
    return isGroup(definitions) ? listAlternatives(definitions[$ref.replace('#/$defs/', '')], root) : [];
  }
  const branches = anyOf ?? oneOf;
  return Array.isArray(branches) ? branches.flatMap((branch) => listAlternatives(branch, root)) : [node];
};
