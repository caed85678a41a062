import { z } from 'zod';
import { agenciesNow, agenciesSince } from '../../../db/agencies/agency-figures.ts';
import { lastSeen } from '../../../db/supervision/heartbeats.ts';
import { dismissConflict } from '../../../db/supervision/conflicts.ts';
import { countStalls, listStalls } from '../../../db/supervision/stall-list.ts';
import { AgencyList, AgencyQuery } from '../../../contract/agencies.ts';
import { InboxMessageId } from '../../../contract/review-queue.ts';
import { DismissConflict, StallList, StallQuery } from '../../../contract/stalls.ts';
import { CaseId } from '../../../contract/values.ts';
import { actorOf } from '../../../identity/caller.ts';
import type { Deps } from '../../deps.ts';
import { caseScope } from '../../commands/case-scope.ts';
import { problem } from '../../http/problems.ts';
import { scopeOf } from '../../policy.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { listIncidents } from '../../../db/agencies/incidents.ts';
import { incidentView } from './incidents.ts';
import { agencyViews } from '../../views/agency.ts';
import { iso } from '../../views/instants.ts';
import { stallView } from '../../views/waiting.ts';

const DAY_MS = 86_400_000;

/** Agencies and stalls, for supervisors. */
export const supervisionRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/agencies',
    summary: 'List agencies with their open, late and stalled steps and their figures of the last days',
    tag: 'supervision',
    policy: { action: 'agency.list', find: findNothing },
    input: z.strictObject({ query: AgencyQuery }),
    answers: { 200: { description: 'All registered agencies, and others that have steps', schema: AgencyList } },
    handler: async ({ caller, input: { query } }) => {
      const { region = '' } = scopeOf(caller, 'agency.list');
      const now = deps.now();
      const [registered, present, past, { rows: incidents }] = await Promise.all([
        deps.registry.agencies(),
        agenciesNow(deps.pool, region, now),
        agenciesSince(deps.pool, region, now - query.days * DAY_MS),
        listIncidents(deps.pool, deps.unrecorded, { region, open: true }, { limit: 1_000 }),
      ]);
      const agencies = agencyViews(registered, present, past).map((agency) => {
        const incident = incidents.find((one) => one.agency === agency.id);
        return { ...agency, ...(incident && { incident: incidentView(registered, incident) }) };
      });
      return { status: 200, body: { days: query.days, agencies } };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/stalls',
    summary: 'List stalls: cause, since when, whose turn it is and what happens next automatically',
    tag: 'supervision',
    policy: { action: 'stall.list', find: findNothing },
    input: z.strictObject({ query: StallQuery }),
    answers: { 200: { description: 'A page, and counts of all', schema: StallList } },
    handler: async ({ caller, input: { query } }) => {
      const { region: scope } = scopeOf(caller, 'stall.list');
      const { order, limit, cursor, ...filters } = query;
      const filter = { ...filters, ...(scope !== undefined && { scope }), now: deps.now() };
      const [{ rows, nextCursor }, counts, watchedAt] = await Promise.all([
        listStalls(deps.pool, filter, { order, limit, cursor }),
        countStalls(deps.pool, filter),
        lastSeen(deps.pool, 'watcher'),
      ]);
      const body = {
        stalls: rows.map(stallView),
        ...(nextCursor !== undefined && { nextCursor }),
        counts,
        ...(watchedAt !== undefined && { watchedAt: iso(watchedAt) }),
      };
      return { status: 200, body };
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/{caseId}/message-conflicts/{messageId}/dismissal',
    summary: 'Dismiss a stall about a message of the system that was not recorded (`MESSAGE_CONFLICT`)',
    tag: 'supervision',
    policy: { action: 'stall.dismiss', find: caseScope(deps) },
    input: z.strictObject({
      params: z.strictObject({ caseId: CaseId, messageId: InboxMessageId }),
      body: DismissConflict,
    }),
    answers: { 204: { description: 'Dismissed, now or before; the first reason stays' } },
    handler: async ({ caller, input: { params, body } }) => {
      const { caseId, messageId } = params;
      const dismissal = { caseId, messageId, by: actorOf(caller), reason: body.reason };
      if (!(await dismissConflict(deps.pool, deps.cipher, dismissal))) throw problem('NOT_FOUND');
      return { status: 204 };
    },
  }),
];
