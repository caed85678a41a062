import { z } from 'zod';
import { AgencyView, Stall } from '../contract.ts';
import type { Deps } from '../deps.ts';
import { scopeOf } from '../policy.ts';
import { route, unscoped, type Route } from '../route.ts';
import { listIncidents } from '../../db/incidents.ts';
import { countByAgency, suspectSteps, type SuspectStep } from '../../db/stalls.ts';
import { incidentView } from './incidents.ts';
import { iso, instants } from '../views/instants.ts';
import { stallOf, waitingOn } from '../views/waiting.ts';
import type { AgencyRecord } from '../../db/agencies.ts';

const NONE = { pending: 0, running: 0, attention: 0 };

/** What a supervisor looks at: the agencies, and what stands still. */
export const supervisionRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/agencies',
    summary: 'Agencies with how many steps each has before it',
    tag: 'supervision',
    policy: { action: 'agency.list', find: unscoped },
    input: z.strictObject({}),
    answers: { 200: { description: 'All of them', schema: z.object({ agencies: z.array(AgencyView) }) } },
    handler: async ({ caller }) => {
      const { region = '' } = scopeOf(caller, 'agency.list');
      const [registered, counts, { rows: incidents }] = await Promise.all([
        deps.registry.agencies(),
        countByAgency(deps.pool, region),
        listIncidents(deps.pool, deps.cipher, { region, open: true }, { limit: 1_000 }),
      ]);
      const agencies = [...registered.values()].map(({ id, name, connection }) => {
        const { pending, running, attention } = counts.find(({ agency }) => agency === id) ?? NONE;
        const incident = incidents.find(({ agency }) => agency === id);
        const outage = incident && { incident: incidentView(registered, incident) };
        return { id, name, connection, pending, running, attention, ...outage };
      });
      return { status: 200, body: { agencies } };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/stalls',
    summary: 'Steps that stand still, with the cause and whose turn it is, longest first',
    tag: 'supervision',
    policy: { action: 'stall.list', find: unscoped },
    input: z.strictObject({
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    }),
    answers: { 200: { description: 'The longest first', schema: z.object({ stalls: z.array(Stall) }) } },
    handler: async ({ caller, input: { query } }) => {
      const { region = '' } = scopeOf(caller, 'stall.list');
      const [agencies, suspects] = await Promise.all([
        deps.registry.agencies(),
        suspectSteps(deps.pool, region, query.limit),
      ]);
      const now = deps.now();
      return {
        status: 200,
        body: { stalls: suspects.flatMap((step) => stallView(step, agencies.get(step.agency), now)) },
      };
    },
  }),
];

const stallView = (step: SuspectStep, agency: AgencyRecord | undefined, now: number): Stall[] => {
  const cause = stallOf(step, agency, now);
  if (cause === undefined) return [];
  const { caseId, caseNo, region, matter, stepId, attempts, lastError, changedAt } = step;
  return [
    {
      caseId,
      caseNo,
      region,
      matter,
      step: stepId,
      agency: step.agency,
      cause,
      waitingOn: waitingOn(step, agency),
      since: iso(changedAt),
      attempts,
      ...(lastError !== undefined && { lastError }),
      ...instants(step, ['nextAttemptAt']),
    },
  ];
};
