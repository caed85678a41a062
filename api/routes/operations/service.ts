import { z } from 'zod';
import { readSchemaState } from '../../../db/schema-version.ts';
import type { Deps } from '../../deps.ts';
import { problem } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';

const input = z.strictObject({});
const policy = { action: 'service.read' as const, find: findNothing };

/**
 * For operators and authors of clients. A proxy must not pass on the first two from outside.
 */
export const serviceRoutes = (deps: Deps, description: () => object): Route[] => [
  route({
    method: 'get',
    path: '/healthz',
    summary: 'The process is alive',
    tag: 'operations',
    policy,
    input,
    answers: { 200: { description: 'Alive', schema: z.object({ ok: z.literal(true) }) } },
    handler: () => Promise.resolve({ status: 200, body: { ok: true } }),
  }),

  route({
    method: 'get',
    path: '/readyz',
    summary: 'The process is ready: Postgres has the schema of this build, and the process is not stopping',
    tag: 'operations',
    policy,
    input,
    answers: {
      200: { description: 'Ready', schema: z.object({ ok: z.literal(true) }) },
      503: { description: 'Not ready' },
    },
    handler: async () => {
      if (deps.stopping.aborted) throw problem('UNAVAILABLE');
      const { missing, newer } = await readSchemaState(deps.pool);
      if (missing.length > 0 || newer.length > 0) throw problem('UNAVAILABLE');
      return { status: 200, body: { ok: true } };
    },
  }),

  route({
    method: 'get',
    path: '/api/openapi.json',
    summary: 'The OpenAPI description',
    tag: 'operations',
    policy,
    input,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
    handler: () => Promise.resolve({ status: 200, body: description() }),
  }),
];
