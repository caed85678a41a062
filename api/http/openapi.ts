import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { Problem } from '../../contract/problems.ts';
import { AGENCY_HEADER } from '../../identity/agency-signature.ts';
import { mayEver } from '../policy.ts';
import type { Role } from '../../identity/caller.ts';
import type { Route } from './route.ts';

const PROBLEM_TYPE = 'application/problem+json';

/** The OpenAPI 3.1 description, generated from the routes that the app serves. */
export const describe = (routes: readonly Route[], publicUrl: string): object => {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The access token of a clerk, officer, supervisor or administrator',
  });
  registry.registerComponent('securitySchemes', 'signature', {
    type: 'apiKey',
    in: 'header',
    name: AGENCY_HEADER,
    description:
      'The id of the agency, together with the headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks. webhook-id is the messageId of the body, or without a body the method, the path with its query and a nonce, separated by blanks',
  });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'one-matter',
      version: '1',
      description:
        'One application for services of several agencies: one form, one case number. A method that a path does not have is answered 405, and `Allow` has the methods that it has.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
  });
};

const pathOf = ({ method, path, summary, tag, input, answers, action, findsResource }: Route): RouteConfig => {
  const callers = Object.entries(CALLERS).filter(([, roles]) => roles.some((role) => mayEver({ role }, action)));
  const isOpen = mayEver({ role: 'public' }, action);
  const { params, query, headers, body } = input.shape;
  const isFound = findsResource || path.includes('{');
  const common = {
    ...(method === 'get' && { 304: { description: 'Unchanged since the answer whose `ETag` is in `If-None-Match`' } }),
    400: { description: 'The request is not valid; `errors` says where' },
    401: { description: isOpen ? 'The token or signature is not valid' : 'No valid token or signature' },
    ...(!isOpen && { 403: { description: 'The role of the caller does not allow this' } }),
    ...(isFound && { 404: { description: 'Not found, or the caller is not allowed to see it' } }),
    ...(method === 'post' && {
      413: { description: 'The body has more than 256 kB' },
      415: { description: 'The body is not uncompressed JSON in UTF-8' },
    }),
    429: { description: 'Too many requests; Retry-After says when to try again' },
    503: { description: 'Postgres is unavailable; Retry-After says when to try again' },
  };
  return {
    method,
    path,
    summary,
    tags: [tag],
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase())}`,
    security: isOpen ? [] : callers.map(([scheme]) => ({ [scheme]: [] })),
    request: {
      ...(params instanceof z.ZodObject && { params }),
      ...(query instanceof z.ZodObject && { query }),
      ...(headers instanceof z.ZodObject && { headers }),
      ...(body instanceof z.ZodType && { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: Object.fromEntries(
      Object.entries({ ...common, ...answers }).map(([status, answer]) => [status, responseOf(Number(status), answer)]),
    ),
  };
};

const CALLERS = {
  bearer: ['clerk', 'officer', 'supervisor', 'admin'],
  signature: ['agency'],
} as const satisfies Record<string, readonly Role[]>;

const responseOf = (status: number, { description, schema, types = [] }: Route['answers'][number]) => {
  if (status >= 400) return { description, content: { [PROBLEM_TYPE]: { schema: Problem } } };
  if (schema) return { description, content: { 'application/json': { schema } } };
  if (types.length === 0) return { description };
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])) };
};
