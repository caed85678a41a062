import { hasMoreEntries, MAX_ENTRIES } from '../../domain/entries.ts';
import { problem, tooManyEntries, type Language } from './problems.ts';

/** Deep enough for any form. A deeper body could exhaust the code that walks over it. */
const MAX_DEPTH = 20;

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

/** Keys that can change the prototype of an object when it is copied. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a body strictly: the right content type, valid UTF-8 and JSON, no deep nesting, at most
 * `MAX_ENTRIES` names and list items, no `__proto__`, no NUL and no unpaired surrogate (Postgres
 * stores neither). An empty body is undefined. Throws problems.
 */
export const parseBody = (raw: Buffer, contentType: string | undefined, language: Language): unknown => {
  if (raw.length === 0) return undefined;
  if (!JSON_TYPE.test(contentType ?? '')) throw problem('CONTENT_TYPE_UNSUPPORTED');
  const value = parseJson(raw);
  refuseHostile(value);
  if (hasMoreEntries(value, MAX_ENTRIES)) throw tooManyEntries('body', language);
  return value;
};

const parseJson = (raw: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    throw problem('JSON_INVALID');
  }
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
