import type { z } from 'zod';
import { pathText, suggest, type DefinitionPath, type Finding } from './findings.ts';
import type { Text } from '../matter/schema.ts';
import { isGroup } from '../matter/values.ts';
import { ACTUAL, EXPECTED, SCHEMA_FINDINGS } from '../words/schema-findings.ts';

type Issue = z.core.$ZodIssue;

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
      return branch ? explainIssues(branch, input, jsonSchema, path) : [explainWrongValue(issue, path, input)];
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
  const words = value === null ? SCHEMA_FINDINGS.cutText(key) : SCHEMA_FINDINGS.unknownKey(key, suggest(key, known));
  return { rule: 'unknown-key', path: [...path, key], atKey: true, ...words };
};

const explainMissing = (issue: Issue, path: DefinitionPath, input: unknown): Finding => {
  const key = String(path.at(-1));
  const holder = holderOf(input, path.slice(0, -1));
  const isChoice = issue.code === 'invalid_value';
  const expected = isChoice ? EXPECTED.oneOf(key, issue.values.map(String)) : describeExpected(issue);
  return { rule: 'missing', path, ...SCHEMA_FINDINGS.missing(holder, key, expected, isChoice) };
};

const explainWrongValue = (issue: Issue, path: DefinitionPath, input: unknown): Finding => ({
  rule: 'wrong-value',
  path,
  ...SCHEMA_FINDINGS.wrongValue(pathText(path), kindOf(valueAt(input, path)), describeExpected(issue)),
});

const explainWrongChoice = (
  issue: Issue & { code: 'invalid_value' },
  path: DefinitionPath,
  input: unknown,
): Finding => {
  const value = valueAt(input, path);
  const known = issue.values.map(String);
  const words =
    typeof value === 'string'
      ? SCHEMA_FINDINGS.unknownChoice(value, suggest(value, known), known)
      : SCHEMA_FINDINGS.wrongChoice(kindOf(value), known);
  return { rule: 'wrong-value', path, ...words };
};

/** What the schema expects, in words. */
const describeExpected = (issue: Issue): Text => {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED.kind(issue.expected);
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? EXPECTED.atLeast(String(issue.minimum), issue.origin === 'string' ? 'characters' : 'entries')
        : EXPECTED.numberFrom(String(issue.minimum), issue.inclusive === true);
    case 'too_big':
      return EXPECTED.atMost(String(issue.maximum), issue.origin === 'string' ? 'characters' : 'entries');
    default:
      return EXPECTED.format(issue.message);
  }
};

const kindOf = (value: unknown): Text => {
  if (value === null) return ACTUAL.empty;
  if (Array.isArray(value)) return ACTUAL.list(value.length);
  if (typeof value === 'string') return value === '' ? ACTUAL.emptyText : ACTUAL.as(`“${value.slice(0, 60)}”`);
  if (isGroup(value)) return ACTUAL.as(`{ ${Object.keys(value).join(', ')} }`);
  return ACTUAL.as(JSON.stringify(value));
};

/**
 * The id of the innermost part around a place that has one, so that the message is clear without
 * the file.
 */
const holderOf = (input: unknown, path: DefinitionPath): string | undefined => {
  const holder = valueAt(input, path);
  if (isGroup(holder) && typeof holder['id'] === 'string') return holder['id'];
  return path.length === 0 ? undefined : holderOf(input, path.slice(0, -1));
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
