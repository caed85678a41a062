import { isUtf8 } from 'node:buffer';
import { hasMoreEntries, MAX_ENTRIES } from '../../domain/entries.ts';
import { ERRORS } from '../../domain/errors.ts';
import { readJson, type JsonLoss } from '../../domain/json.ts';
import { MAX_FINDINGS } from './findings.ts';
import { problem, tooManyEntries, type FieldError, type Language } from './problems.ts';
import { pathOf } from './route.ts';

/** Deep enough for any form. A deeper body could exhaust the code that walks over it. */
const MAX_DEPTH = 20;

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;
const JSON_OF_ANY_CHARSET = /^application\/json\s*(?:;|$)/i;

/** Keys that can change the prototype of an object when it is copied. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a body strictly: the right content type, valid UTF-8 and JSON, no deep nesting, at most
 * `MAX_ENTRIES` names and list items, no `__proto__`, no NUL and no unpaired surrogate (Postgres
 * stores neither), no key twice in one object, no number that a double cannot hold. An empty body
 * is undefined. Throws problems.
 */
export const parseBody = (raw: Buffer, contentType = '', language: Language): unknown => {
  if (raw.length === 0) return undefined;
  // Before the type is judged: a sender of GBK must hear about the encoding, with and without the
  // right `charset`.
  if (JSON_OF_ANY_CHARSET.test(contentType) && !isUtf8(raw)) throw problem('BODY_NOT_UTF8');
  if (!JSON_TYPE.test(contentType)) throw problem('CONTENT_TYPE_UNSUPPORTED');
  const json = readJson(raw, MAX_FINDINGS);
  if (json.kind !== 'read') throw problem('JSON_INVALID');
  const { value, losses } = json;
  refuseHostile(value);
  if (hasMoreEntries(value, MAX_ENTRIES)) throw tooManyEntries('body', language);
  refuseLosses(losses, language);
  return value;
};

const refuseLosses = (losses: readonly JsonLoss[], language: Language): void => {
  const [first] = losses;
  if (!first) return;
  const errors = losses.map(({ code, path }): FieldError => ({
    path: pathOf(['body', ...path]),
    rule: code.toLowerCase().replaceAll('_', '-'),
    message: ERRORS[code].message[language],
  }));
  throw problem(first.code, { errors });
};

/** Walks level by level instead of recursively, so that depth does not use the stack. */
const refuseHostile = (value: unknown): void => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw problem('JSON_INVALID');
    level = level.flatMap(childrenOf);
  }
};

const childrenOf = (value: unknown): unknown[] => {
  if (typeof value === 'string') refuseUnstorable(value);
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value;
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw problem('JSON_INVALID');
    refuseUnstorable(key);
  }
  return Object.values(value);
};

const refuseUnstorable = (text: string): void => {
  if (/\0|\p{Surrogate}/u.test(text)) throw problem('JSON_INVALID');
};
