import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { DecisionReply, Rejection, StepRequest, UndoneAnswer, UndoRequest } from '../../agencies/contract.ts';

/**
 * docs/agency-openapi.json: the calls that an agency serves, made from the contract, and the calls
 * that an agency may make, taken from the description of the API.
 */

interface ApiDescription {
  paths: Record<string, Record<string, object>>;
  components?: { schemas?: Record<string, unknown> };
}

const SERVED = 'served by the agency';
const CALLED = 'called by the agency';

export const describeForAgencies = (api: ApiDescription): object => {
  const served = describeServed();
  const called = Object.entries(api.paths)
    .filter(([path]) => path.startsWith('/agency/v1/'))
    .map(([path, operations]) => [path, { servers: [ONE_MATTER], ...mapValues(operations, tagAsCalled) }] as const);
  return {
    ...served,
    paths: {
      ...mapValues({ ...served.paths }, (item: object) => ({ servers: [AGENCY], ...item })),
      ...Object.fromEntries(called),
    },
    components: {
      ...served.components,
      schemas: {
        ...served.components?.schemas,
        ...collectSchemas(called, { ...api.components?.schemas }),
      },
    },
  };
};

const AGENCY = { url: 'https://agency.example.org/one-matter', description: '`baseUrl` of the registration' };
const ONE_MATTER = { url: 'https://one-matter.example.org', description: 'The installation' };

const tagAsCalled = (operation: object): object => ({
  ...operation,
  tags: [CALLED],
  security: [{ signature: [] }],
  ...('requestBody' in operation && { requestBody: requireIds(JsonBody.parse(operation.requestBody)) }),
});

/** Persons may leave the ids out, a signed body has both. */
const requireIds = (body: z.infer<typeof JsonBody>): object => {
  const { schema } = body.content['application/json'];
  const required = [...new Set([...(schema.required ?? []), 'messageId', 'requestId'])];
  return { ...body, content: { 'application/json': { schema: { ...schema, required } } } };
};

const JsonBody = z.looseObject({
  content: z.object({
    'application/json': z.object({
      schema: z.looseObject({
        properties: z.looseObject({ messageId: z.unknown(), requestId: z.unknown() }),
        required: z.array(z.string()).optional(),
      }),
    }),
  }),
});

const mapValues = <T, R>(values: Record<string, T>, make: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, make(value)]));

/** The schemas that a part of a description refers to, and those that they refer to. */
const collectSchemas = (part: unknown, all: Record<string, unknown>): Record<string, unknown> => {
  const found = new Map<string, unknown>();
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.set(name, all[name]);
      visit(all[name]);
    }
  };
  visit(part);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const describeServed = () => {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'signature', {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks 1.0 in both directions, with webhook-id and webhook-timestamp. ' +
      'A call of an agency also has x-one-matter-agency with the id of the agency. webhook-id says which call it is. See docs/agency-protocol.md.',
  });
  for (const path of describeServedPaths()) registry.registerPath(path);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'one-matter for agencies',
      version: '1',
      description:
        'What an agency with a system of its own serves, and what it may call. docs/agency-protocol.md has the rules: ' +
        'what is repeated, what is kept, how calls are signed.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [ONE_MATTER],
    tags: [
      { name: SERVED, description: 'one-matter calls these at the agency. Unknown fields must be ignored.' },
      { name: CALLED, description: 'The agency calls these at one-matter, for its own steps only.' },
    ],
  });
};

const Decided = DecisionReply.meta({ id: 'Decision' });
const Rejected = Rejection.meta({ id: 'Rejection', description: 'A code in capitals that says what is wrong' });
const params = z.object({ requestId: StepRequest.shape.requestId });

const headersWith = (id: string) =>
  z.object({
    'webhook-id': z.string().meta({ description: id }),
    'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970 of this attempt' }),
  });

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

/** What every call of one-matter can be answered with. */
const COMMON = {
  401: { description: 'The signature or its time is not valid, or the id is that of another call' },
  429: { description: 'Not now; Retry-After is honoured up to an hour' },
  503: { description: 'Not now; Retry-After is honoured up to an hour' },
};

const WRONG = { description: 'The payload is wrong; a person looks at it', content: json(Rejected) };

const describeServedPaths = (): RouteConfig[] =>
  [
    {
      method: 'post',
      path: '/steps',
      operationId: 'submitStep',
      summary: 'Do a step',
      request: {
        headers: headersWith('`one-matter:` and the request id'),
        body: { required: true, content: json(StepRequest.meta({ id: 'StepRequest' })) },
      },
      responses: {
        200: { description: 'Decided; messageId may be absent', content: json(Decided) },
        202: { description: 'Stored; a callback follows' },
        400: WRONG,
        409: { description: 'Known, and not decided yet; handled like 202' },
        410: { description: 'This request was undone before it arrived' },
        422: WRONG,
      },
    },
    {
      method: 'get',
      path: '/steps/{requestId}',
      operationId: 'enquireStep',
      summary: 'Report the state of a request',
      request: { params, headers: headersWith('`one-matter:`, the request id and `:enquiry`') },
      responses: {
        200: { description: 'Decided; messageId may be absent', content: json(Decided) },
        202: { description: 'Not decided yet' },
        404: { description: 'Unknown; one-matter sends the request again' },
        410: { description: 'Undone' },
      },
    },
    {
      method: 'post',
      path: '/steps/{requestId}/undo',
      operationId: 'undoStep',
      summary: 'Undo a step, also one that has not arrived',
      request: {
        params,
        headers: headersWith('`one-matter:`, the request id and `:undo`'),
        body: { required: true, content: json(UndoRequest.meta({ id: 'UndoRequest' })) },
      },
      responses: {
        200: { description: 'Undone, now or before', content: json(UndoneAnswer.meta({ id: 'Undone' })) },
        400: WRONG,
        409: { description: 'Done, and cannot be undone' },
        422: WRONG,
      },
    },
  ].map(({ method, responses, ...path }) => ({
    ...path,
    method: method === 'get' ? 'get' : 'post',
    tags: [SERVED],
    security: [{ signature: [] }],
    responses: { ...responses, ...COMMON },
  }));
