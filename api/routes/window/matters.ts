import { z } from 'zod';
import type { AgencyRecord } from '../../../db/agencies/agencies.ts';
import type { PublishedMatter } from '../../../db/registry/matters.ts';
import { jsonSchemaOf } from '../../../domain/form/form.ts';
import { resultFields } from '../../../domain/matter/results.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { MatterSummary, MatterView } from '../../../contract/matters.ts';
import { MatterCode } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { agencyName } from '../../views/names.ts';
import { problem } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';

/** The published matters. */
export const matterRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/matters',
    summary: 'List published matters, the newest version of each',
    tag: 'window',
    policy: { action: 'matter.read', find: findNothing },
    input: z.strictObject({}),
    answers: { 200: { description: 'All of them', schema: z.object({ matters: z.array(MatterSummary) }) } },
    handler: async () => {
      const matters = (await deps.registry.matters()).map(({ matter }) => summary(matter));
      return { status: 200, body: { matters } };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/matters/{code}',
    summary: 'Get one matter: form as JSON Schema, steps, materials, limits',
    tag: 'window',
    policy: { action: 'matter.read', find: findNothing },
    input: z.strictObject({ params: z.strictObject({ code: MatterCode }) }),
    answers: { 200: { description: 'Its newest version', schema: MatterView } },
    handler: async ({ input: { params } }) => {
      const published = (await deps.registry.matters()).find(({ matter }) => matter.code === params.code);
      if (!published) throw problem('MATTER_UNKNOWN');
      return { status: 200, body: view(published, await deps.registry.agencies()) };
    },
  }),
];

const summary = ({ code, version, name, summary: text }: Matter) => ({ code, version, name, summary: text });

const view = (
  { matter, hash }: PublishedMatter,
  agencies: ReadonlyMap<string, AgencyRecord>,
): z.input<typeof MatterView> => ({
  ...summary(matter),
  hash,
  lead: matter.lead,
  basis: matter.basis,
  limit: matter.limit,
  form: jsonSchemaOf(matter),
  items: matter.items,
  materials: matter.materials.map(({ id, name, source, mayFollow }) => ({ id, name, source: source.kind, mayFollow })),
  steps: matter.steps.map(({ id, name, agency, kind, whenText, limit, undo, output }) => ({
    id,
    name,
    agency: agencyName(agencies, agency),
    kind,
    ...(whenText && { when: whenText }),
    limit: {
      promised: limit.promised,
      ...(limit.statutory && { statutory: limit.statutory }),
      example: limit.example,
      outside: limit.outside,
    },
    undo: undo.class,
    resultFields: [...resultFields({ kind, output })],
  })),
});
