import { z } from 'zod';
import type { AgencyRecord } from '../../../db/agencies/agencies.ts';
import { closeIncident, listIncidents, openIncident, type IncidentRow } from '../../../db/agencies/incidents.ts';
import { CloseIncident, IncidentList, IncidentQuery, IncidentView, OpenIncident } from '../../../contract/incidents.ts';
import { AgencyId } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { actorOf } from '../../../identity/caller.ts';
import { scopeOf } from '../../policy.ts';
import { problem } from '../../http/problems.ts';
import { agencyName } from '../../views/names.ts';
import { route, findNothing, type FoundResource, type Route } from '../../http/route.ts';
import { iso } from '../../views/instants.ts';

const params = z.strictObject({ agency: AgencyId });

/** Outages of agencies: listing them, and opening or closing one by hand. */
export const incidentRoutes = (deps: Deps): Route[] => {
  const { pool, cipher, unrecorded, registry } = deps;

  /**
   * An agency serves every division, so the resource has no division: only callers with a right for
   * every division reach it.
   */
  const find = async ({
    params: { agency },
  }: {
    params: { agency: string };
  }): Promise<FoundResource<AgencyRecord> | undefined> => {
    const found = (await registry.agencies()).get(agency);
    return found && { resource: { region: '', agencies: [agency] }, found };
  };
  const getNewest = async (agency: string): Promise<IncidentView> => {
    const { rows } = await listIncidents(pool, unrecorded, { region: '', agency }, { limit: 1 });
    const [row] = rows;
    if (!row) throw new Error(`no incident of ${agency}`);
    return incidentView(await registry.agencies(), row);
  };

  return [
    route({
      method: 'get',
      path: '/api/v1/incidents',
      summary: 'List outages of agencies, newest first',
      tag: 'supervision',
      policy: { action: 'incident.list', find: findNothing },
      input: z.strictObject({ query: IncidentQuery }),
      answers: { 200: { description: 'One page', schema: IncidentList } },
      handler: async ({ caller, input: { query } }) => {
        const { region = '' } = scopeOf(caller, 'incident.list');
        const { state, agency, cursor, limit } = query;
        const filter = { region, open: state === 'open', ...(agency !== undefined && { agency }) };
        const page = { limit, ...(cursor !== undefined && { cursor }) };
        const [{ rows, nextCursor }, agencies] = await Promise.all([
          listIncidents(pool, unrecorded, filter, page),
          registry.agencies(),
        ]);
        const incidents = rows.map((row) => incidentView(agencies, row));
        return { status: 200, body: { incidents, ...(nextCursor !== undefined && { nextCursor }) } };
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/agencies/{agency}/incident',
      summary: 'Open an incident: nothing is sent to the agency from now on, for example during maintenance',
      tag: 'supervision',
      policy: { action: 'incident.act', find },
      input: z.strictObject({ params, body: OpenIncident }),
      answers: {
        200: { description: 'The incident', schema: IncidentView },
        409: { description: 'An incident is already open, or nothing is sent to this agency' },
      },
      handler: async ({ caller, found: { id: agency, connection }, input: { body } }) => {
        if (connection !== 'push') throw problem('AGENCY_NOT_CALLED');
        const { reason, until } = body;
        const { id: by } = actorOf(caller);
        const end = until === undefined ? {} : { until: Date.parse(until) };
        if (!(await openIncident(pool, cipher, { agency, by, reason, ...end }))) throw problem('INCIDENT_OPEN');
        return { status: 200, body: await getNewest(agency) };
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/agencies/{agency}/incident/close',
      summary: 'Close the incident: deferred steps are sent at the rate of the agency',
      tag: 'supervision',
      policy: { action: 'incident.act', find },
      input: z.strictObject({ params, body: CloseIncident }),
      answers: {
        200: { description: 'The incident', schema: IncidentView },
        409: { description: 'No incident is open' },
      },
      handler: async ({ caller, found: { id: agency }, input: { body } }) => {
        const { id: by } = actorOf(caller);
        if (!(await closeIncident(pool, cipher, { agency, by, ...body }))) throw problem('INCIDENT_NOT_OPEN');
        return { status: 200, body: await getNewest(agency) };
      },
    }),
  ];
};

export const incidentView = (agencies: ReadonlyMap<string, AgencyRecord>, row: IncidentRow): IncidentView => {
  const { agency, state = 'closed', openedAt, untilAt, nextProbeAt, recoveringAt, closedAt, ...same } = row;
  return {
    ...same,
    agency: agencyName(agencies, agency),
    state,
    openedAt: iso(openedAt),
    ...(untilAt !== undefined && { until: iso(untilAt) }),
    ...(nextProbeAt !== undefined && { nextProbeAt: iso(nextProbeAt) }),
    ...(recoveringAt !== undefined && { recoveringAt: iso(recoveringAt) }),
    ...(closedAt !== undefined && { closedAt: iso(closedAt) }),
  };
};
