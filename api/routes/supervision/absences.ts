import { z } from 'zod';
import {
  endAbsence,
  enterAbsence,
  findAbsence,
  findOfficer,
  listAbsences,
  listGroups,
  setGroup,
  type Absence,
} from '../../../db/worklist/absences.ts';
import { inTransaction } from '../../../db/sql/pool.ts';
import {
  AbsenceList,
  AbsenceView,
  EnterAbsence,
  GroupId,
  GroupList,
  GroupView,
  SetGroup,
} from '../../../contract/absences.ts';
import { ABSENCE_RULE_WORDS } from '../../../domain/words/request-rules.ts';
import { whyNotAbsent, type AbsenceRule } from '../../../domain/worklist/absences.ts';
import { AgencyId } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { actorOf } from '../../../identity/caller.ts';
import { can, type Action } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { problem, rejectRequest, type Language } from '../../http/problems.ts';
import { route, type FoundResource, type Route } from '../../http/route.ts';
import { iso } from '../../views/instants.ts';

const params = z.strictObject({ agency: AgencyId });

/** Absences of the officers of an agency, and the groups whose members cover each other. */
export const absenceRoutes = (deps: Deps): Route[] => {
  const { pool, registry } = deps;

  /**
   * The agency in the path. It serves every division, so its scope is the division of the caller.
   * `checkReach` checks the officer.
   */
  const find = async (
    { params: { agency } }: { params: { agency: string } },
    caller: Caller,
  ): Promise<FoundResource<string> | undefined> => {
    if (!(await registry.agencies()).has(agency)) return undefined;
    return { resource: { region: divisionOf(caller), agencies: [agency] }, found: agency };
  };
  /** Throws unless the caller may do this to the officer. Officers may do it only to themselves. */
  const checkReach = async (
    { caller, language }: { caller: Caller; language: Language },
    action: Action,
    agency: string,
    account: string,
    path: string,
  ) => {
    if (caller.role === 'officer') {
      if (caller.account === account) return;
      throw problem('FORBIDDEN');
    }
    const officer = await findOfficer(pool, agency, account);
    if (!officer || !can(caller, action, { region: officer.region, agencies: [agency] })) {
      throw rejectField(path, 'unknown-officer', language);
    }
  };

  return [
    route({
      method: 'get',
      path: '/api/v1/agencies/{agency}/absences',
      summary: 'List current and future absences of officers of the agency, and who covers them',
      tag: 'agency',
      policy: { action: 'absence.list', find },
      input: z.strictObject({ params }),
      answers: {
        200: {
          description: 'All absences in the division of the caller that have not ended, the earliest first',
          schema: AbsenceList,
        },
      },
      handler: async ({ caller, found: agency }) => ({
        status: 200,
        body: { absences: (await listAbsences(pool, agency, divisionOf(caller))).map(absenceView) },
      }),
    }),

    route({
      method: 'post',
      path: '/api/v1/agencies/{agency}/absences',
      summary: 'Enter an absence: officers enter their own, supervisors that of any officer; a group covers it',
      tag: 'agency',
      policy: { action: 'absence.enter', find },
      input: z.strictObject({ params, body: EnterAbsence }),
      answers: { 200: { description: 'The absence', schema: AbsenceView } },
      handler: async ({ caller, found: agency, input: { body }, language }) => {
        const enteredBy = actorOf(caller);
        const { officer = caller.role === 'officer' ? caller.account : undefined, from, to, coveredBy } = body;
        if (officer === undefined) throw rejectField('body.officer', 'required', language);
        await checkReach({ caller, language }, 'absence.enter', agency, officer, 'body.officer');
        const { group, officer: cover } = coveredBy;
        const members = (await listGroups(pool, agency, '')).find((one) => one.group === group)?.members ?? [];
        const endsAt = Date.parse(to);
        const wrong = whyNotAbsent({ officer, endsAt, cover }, members, deps.now());
        if (wrong) throw rejectField(`body.${wrong.path}`, wrong.rule, language);
        const absence = { agency, officer, startsAt: Date.parse(from), endsAt, group, enteredBy };
        const entered = await enterAbsence(pool, { ...absence, ...(cover !== undefined && { cover }) });
        return { status: 200, body: absenceView(entered) };
      },
    }),

    route({
      method: 'post',
      path: '/api/v1/agencies/{agency}/absences/{absenceId}/end',
      summary: 'End an absence early',
      tag: 'agency',
      policy: { action: 'absence.enter', find },
      input: z.strictObject({ params: params.extend({ absenceId: z.uuid() }) }),
      answers: {
        200: { description: 'The ended absence', schema: AbsenceView },
        409: { description: 'The absence had already ended' },
      },
      handler: async ({ caller, found: agency, input: { params: path }, language }) => {
        const absence = await findAbsence(pool, agency, path.absenceId);
        if (!absence) throw problem('NOT_FOUND');
        await checkReach({ caller, language }, 'absence.enter', agency, absence.officer, 'params.absenceId');
        if (!(await endAbsence(pool, path.absenceId))) throw problem('ABSENCE_OVER');
        const ended = await findAbsence(pool, agency, path.absenceId);
        return { status: 200, body: absenceView(ended ?? absence) };
      },
    }),

    route({
      method: 'get',
      path: '/api/v1/agencies/{agency}/groups',
      summary: 'List the groups of officers who cover each other',
      tag: 'agency',
      policy: { action: 'absence.list', find },
      input: z.strictObject({ params }),
      answers: { 200: { description: 'All groups with the members in the division of the caller', schema: GroupList } },
      handler: async ({ caller, found: agency }) => ({
        status: 200,
        body: { groups: await listGroups(pool, agency, divisionOf(caller)) },
      }),
    }),

    route({
      method: 'post',
      path: '/api/v1/agencies/{agency}/groups/{group}',
      summary: 'Set the members of a group',
      tag: 'agency',
      policy: { action: 'group.set', find },
      input: z.strictObject({ params: params.extend({ group: GroupId }), body: SetGroup }),
      answers: { 200: { description: 'The group', schema: GroupView } },
      handler: async ({ caller, found: agency, input: { params: path, body }, language }) => {
        const members = [...new Set(body.members)].sort();
        const { group } = path;
        const before = (await listGroups(pool, agency, '')).find((one) => one.group === group)?.members ?? [];
        const changed = [...members, ...before].filter((one) => members.includes(one) !== before.includes(one));
        for (const one of changed) await checkReach({ caller, language }, 'group.set', agency, one, 'body.members');
        await inTransaction(pool, (client) => setGroup(client, agency, { group, members }));
        return { status: 200, body: { group, members } };
      },
    }),
  ];
};

/** The division of the caller; empty: everywhere. */
const divisionOf = (caller: Caller): string => ('region' in caller ? caller.region : '');

const rejectField = (path: string, rule: AbsenceRule, language: Language) =>
  rejectRequest([{ path, rule }], ABSENCE_RULE_WORDS, language);

const absenceView = ({ startsAt, endsAt, group, cover, enteredAt, ...same }: Absence): AbsenceView => ({
  ...same,
  from: iso(startsAt),
  to: iso(endsAt),
  coveredBy: { group, ...(cover !== undefined && { officer: cover }) },
  enteredAt: iso(enteredAt),
});
