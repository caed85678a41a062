import { expect, it } from 'vitest';
import { findUndescribed, type SeenAnswer } from './described-answers.ts';

const JSON_TYPE = 'application/json';
const DESCRIPTION = {
  paths: {
    '/cases': {
      get: {
        responses: { 200: { content: { [JSON_TYPE]: {} } }, 404: { content: { 'application/problem+json': {} } } },
      },
    },
    '/cases/search': { post: { responses: { 204: {} } } },
    '/cases/{caseId}': { get: { responses: { 200: { content: { [JSON_TYPE]: {} } } } } },
  },
};

const find = (method: string, path: string, status: number, type?: string, allow?: string): string | undefined => {
  const seen: SeenAnswer = { method, path, status, type, allow };
  return findUndescribed(DESCRIPTION, seen);
};

it.each<[string, string, number, string | undefined, string?]>([
  ['GET', '/cases', 200, JSON_TYPE],
  ['HEAD', '/cases', 200, JSON_TYPE],
  ['GET', '/cases/', 404, 'application/problem+json'],
  ['GET', '/cases/1', 200, JSON_TYPE],
  ['POST', '/cases/search', 204, undefined],
  ['GET', '/cases/search', 200, JSON_TYPE],
  ['PUT', '/cases', 405, 'application/problem+json', 'GET, HEAD'],
  ['GET', '/elsewhere', 404, 'application/problem+json'],
  ['GET', '/progress/', 200, 'text/html'],
  ['POST', '/progress/', 405, 'application/problem+json', 'GET, HEAD'],
])('%s %s is described: %s %s', (method, path, status, type, allow) => {
  expect(find(method, path, status, type, allow)).toBeUndefined();
});

it.each([
  ['GET', '/cases', 418, JSON_TYPE, 'GET /cases: 418 application/json, the status is not described'],
  ['GET', '/cases', 200, 'text/csv', 'GET /cases: 200 text/csv, described is application/json'],
  ['GET', '/cases', 200, undefined, 'GET /cases: 200 without content, described is application/json'],
  ['POST', '/cases/search', 204, JSON_TYPE, 'POST /cases/search: 204 application/json, described is no content'],
  ['PUT', '/cases', 404, JSON_TYPE, 'PUT /cases: 404 application/json, expected 405'],
  ['TRACE', '/cases', 405, JSON_TYPE, 'TRACE /cases: 405 application/json without Allow'],
  ['GET', '/elsewhere', 200, JSON_TYPE, 'GET /elsewhere: 200 application/json, expected 404'],
] as const)('%s %s is not: %s %s', (method, path, status, type, says) => {
  expect(find(method, path, status, type)).toBe(says);
});
