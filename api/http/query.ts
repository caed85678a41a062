import { parse, type ParsedUrlQuery } from 'node:querystring';
import { MAX_ENTRIES } from '../../domain/entries.ts';
import { tooManyEntries, type Language } from './problems.ts';

/**
 * The query of a request's address. A name that is given twice is a list, which no route takes.
 * More than `MAX_ENTRIES` names are refused before they are parsed, and never dropped.
 */
export const parseQuery = (url: string, language: Language): ParsedUrlQuery => {
  const start = url.indexOf('?');
  if (start < 0) return {};
  const text = url.slice(start + 1);
  if (text.split('&').length > MAX_ENTRIES) throw tooManyEntries('query', language);
  return parse(text, '&', '=', { maxKeys: 0 });
};
