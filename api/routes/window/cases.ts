import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { listCases, type CasePage } from '../../../db/cases/case-list.ts';
import { acceptCase } from '../../../db/cases/cases.ts';
import { findDuplicates } from '../../../db/cases/duplicates.ts';
import { hashRequest, runOnce } from '../../../db/messages/idempotency.ts';
import { isTooLarge, measurePlan } from '../../../domain/matter/bounds.ts';
import { compilePlan } from '../../../domain/matter/compile.ts';
import { duplicateRules } from '../../../domain/form/duplicates.ts';
import { listLastDays } from '../../../domain/deadlines/applicant-limits.ts';
import { normaliseNumber } from '../../../domain/form/normalise.ts';
import { checkPledge, endOfPledge } from '../../../domain/form/pledge.ts';
import { PLEDGE_RULE_WORDS, REQUEST_RULE_WORDS } from '../../../domain/words/request-rules.ts';
import { decidingDivisions } from '../../../domain/office/deciding-division.ts';
import { placeSteps, type Office, type UnservedStep } from '../../../domain/office/offices.ts';
import { divisionText } from '../../../domain/division/problem.ts';
import { noOfficeText } from '../../../domain/words/warnings.ts';
import type { PublishedMatter } from '../../../db/registry/matters.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { caseKeysOf } from '../../commands/case-keys.ts';
import { requireConfirmed, requireValidForm } from '../../commands/checked-form.ts';
import {
  CaseList,
  CaseQuery,
  CaseSearch,
  CaseView,
  SubmitCase,
  SubmittedCase,
  type UnservedWarning,
} from '../../../contract/cases.ts';
import { CaseId, IdempotencyKey } from '../../../contract/values.ts';
import type { Deps } from '../../deps.ts';
import { accountOf, actorOf } from '../../../identity/caller.ts';
import { can, scopeOf } from '../../policy.ts';
import type { Caller } from '../../../identity/caller.ts';
import { noteRequest } from '../../http/log.ts';
import { problem, rejectRequest, type Language } from '../../http/problems.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { caseHead, viewCase } from '../../views/case.ts';
import { duplicateView } from '../../views/duplicates.ts';
import { warnOfLastDays } from '../../views/last-days.ts';
import { stepName } from '../../views/names.ts';
import { caseFilterOf, readableCase, type ListedCases } from '../../commands/case-scope.ts';

/** Submitting, listing, searching and reading cases. */
export const caseRoutes = (deps: Deps): Route[] => [
  route({
    method: 'post',
    path: '/api/v1/cases',
    summary: 'Start a case',
    tag: 'window',
    limit: 'starts',
    policy: {
      action: 'case.submit',
      find: ({ body: { region } }) => Promise.resolve({ resource: { region, agencies: [] }, found: undefined }),
    },
    input: z.strictObject({ body: SubmitCase, headers: z.object({ 'idempotency-key': IdempotencyKey }) }),
    answers: {
      201: {
        description: 'The case is stored and will be processed, even if parts of the system fail from now on',
        schema: SubmittedCase,
      },
      404: { description: 'There is no such matter, or the division is not one of the caller' },
      409: {
        description:
          'A similar case exists: the body names the rule and, for authorised callers, the case. Or the form has warnings that need a confirmation: the body has all of them',
      },
      422: { description: 'The idempotency key was already used for a different request' },
    },
    handler: async ({ caller, reading, input: { body, headers }, language, res }) => {
      const published = (await deps.registry.matters()).find(({ matter }) => matter.code === body.matter);
      if (!published) throw problem('MATTER_UNKNOWN');
      const request = {
        account: accountOf(caller),
        key: headers['idempotency-key'],
        requestHash: hashRequest(deps.cipher, body),
      };
      // Read before the transaction: inside, it could wait for the connections that others hold.
      const [calendar, agencies] = await Promise.all([deps.calendars.newest(), deps.registry.agencies()]);
      const once = await runOnce(deps.pool, deps.unrecorded, request, async (client) => {
        const offices = [...agencies.values()];
        const { unserved, ...draft } = newCase(published, body, caller, deps.now(), language, offices);
        // Whether or not there is a duplicate, so that the answer does not tell.
        if (draft.duplicates.length > 0) await deps.limits.searches.refuseWhenSpent(accountOf(caller));
        const found = await findDuplicates(client, deps.cipher, draft.duplicates);
        for (const { caseId } of found) reading.note({ kind: 'duplicate', purpose: 'duplicate-check', caseId });
        const elsewhere = found.filter(({ region }) => !can(caller, 'case.read', { region, agencies: [] })).length;
        if (elsewhere > 0) {
          // A found duplicate tells that a person has a case elsewhere, as a search does.
          const correlationId = res.getHeader('x-request-id');
          deps.log.info({ audit: 'case.duplicate', by: actorOf(caller), found: elsewhere, correlationId }, 'audit');
          await deps.limits.searches.count(accountOf(caller));
        }
        const reason = body.overrideDuplicates?.reason;
        if (found.length > 0 && reason === undefined) {
          const duplicates = found.map((other) => duplicateView(published.matter, caller, other));
          throw problem('DUPLICATE_CASE', { duplicates });
        }
        const accepted = await acceptCase(client, deps.cipher, {
          ...draft,
          ...(reason !== undefined && { override: { found, reason } }),
        });
        await reading.save(client);
        const { plan, form, at: now } = draft;
        const lastDays = listLastDays(published.matter, plan, form, { calendar, now });
        const warnings = [
          ...unserved.map((step) => unservedWarning(published.matter, step)),
          ...warnOfLastDays(published.matter, lastDays, now),
        ];
        return {
          status: 201,
          response: { ...accepted, status: 'submitted', ...(warnings.length > 0 && { warnings }) },
        };
      });
      if (once.kind === 'different') throw problem('IDEMPOTENCY_KEY_REUSED');
      const submitted = SubmittedCase.parse(once.response);
      noteRequest(res, { caseId: submitted.caseId });
      return { status: once.status, body: submitted, headers: { Location: `/api/v1/cases/${submitted.caseId}` } };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/cases',
    summary: 'List cases, newest first',
    tag: 'window',
    policy: { action: 'case.list', find: findNothing },
    input: z.strictObject({ query: CaseQuery }),
    answers: { 200: { description: 'One page', schema: CaseList } },
    handler: async ({ caller, input: { query }, language }) => {
      const { cursor, limit, ...filter } = query;
      // Proxies and browsers store addresses, so an address must not contain names or ID numbers.
      if (filter.text !== undefined && !/^\d{20}$/.test(normaliseNumber(filter.text))) {
        throw rejectRequest([{ path: 'query.text', rule: 'case-no' }], REQUEST_RULE_WORDS, language);
      }
      return {
        status: 200,
        body: await list(deps, caller, filter, { limit, ...(cursor !== undefined && { cursor }) }),
      };
    },
  }),

  route({
    method: 'post',
    path: '/api/v1/cases/search',
    summary: 'Find cases by name, ID number or case number',
    tag: 'window',
    limit: 'searches',
    policy: { action: 'case.search', find: findNothing },
    input: z.strictObject({ body: CaseSearch }),
    answers: { 200: { description: 'One page', schema: CaseList } },
    handler: async ({ caller, reading, input: { body }, res }) => {
      const { cursor, limit, ...filter } = body;
      const found = await list(deps, caller, filter, { limit, ...(cursor !== undefined && { cursor }) });
      for (const { caseId } of found.cases) reading.note({ kind: 'hit', purpose: 'search', caseId });
      const correlationId = res.getHeader('x-request-id');
      deps.log.info({ audit: 'case.search', by: actorOf(caller), found: found.cases.length, correlationId }, 'audit');
      return { status: 200, body: found };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/cases/{caseId}',
    summary: 'Get one case: its steps, whose turn it is, and the allowed actions',
    tag: 'window',
    policy: { action: 'case.read', find: readableCase(deps) },
    input: z.strictObject({ params: z.strictObject({ caseId: CaseId }) }),
    answers: { 200: { description: 'The case', schema: CaseView } },
    handler: async ({ caller, reading, found: { found, scope } }) => ({
      status: 200,
      body: await viewCase(deps, caller, reading, found, scope),
    }),
  }),
];

const newCase = (
  { matter, hash }: PublishedMatter,
  body: SubmitCase,
  caller: Caller,
  now: number,
  language: Language,
  offices: readonly Office[],
) => {
  const given = body.delivery === undefined ? body.form : { ...body.form, delivery: body.delivery };
  const { form, warnings } = requireValidForm(matter, given, { now }, language);
  const known = new Set(matter.materials.map(({ id }) => id));
  const unknown = body.materials.flatMap(({ id }, index) => (known.has(id) ? [] : [`body.materials[${index}].id`]));
  if (unknown.length > 0) {
    const wrong = unknown.map((path) => ({ path, rule: 'unknown-material' as const }));
    throw rejectRequest(wrong, REQUEST_RULE_WORDS, language);
  }
  const confirmed = requireConfirmed(warnings, body.confirm, language);
  const compiled = compilePlan(matter, hash, form, { now }, readPledge(matter, body, now, language));
  if (isTooLarge(measurePlan(compiled))) throw problem('CASE_TOO_LARGE');
  const ids = compiled.steps.map(({ id }) => id);
  const divisions = decidingDivisions(matter, ids, form, body.region);
  const { plan, unserved } = placeSteps(compiled, divisions, offices);
  return {
    unserved,
    divisions,
    caseId: uuidv7(),
    matter: matter.code,
    version: matter.version,
    region: body.region,
    channel: body.channel,
    plan,
    form,
    confirmed,
    materials: body.materials,
    by: actorOf(caller),
    at: now,
    keys: caseKeysOf(matter, form),
    duplicates: duplicateRules(matter, form),
  };
};

const unservedWarning = (matter: Matter, { stepId, division }: UnservedStep): UnservedWarning => ({
  code: 'NO_OFFICE',
  step: { id: stepId, name: stepName(matter, stepId) },
  division,
  message: noOfficeText(divisionText(division)),
});

const readPledge = (matter: Matter, { pledge }: SubmitCase, now: number, language: Language) => {
  if (!pledge) return undefined;
  const wrong = checkPledge(matter, pledge, now);
  if (wrong.length > 0) {
    const errors = wrong.map(({ path, rule }) => ({ path: `body.pledge.${path}`, rule }));
    throw rejectRequest(errors, PLEDGE_RULE_WORDS, language);
  }
  return { materials: pledge.materials, until: endOfPledge(pledge) };
};

const list = async (deps: Deps, caller: Caller, filter: ListedCases, page: CasePage): Promise<CaseList> => {
  const scoped = caseFilterOf(filter, scopeOf(caller, 'case.list'), deps.now());
  if (!scoped) return { cases: [] };
  const { rows, nextCursor } = await listCases(deps.pool, deps.cipher, scoped, page);
  const cases = await Promise.all(
    rows.map(async (row) => caseHead(row, (await deps.registry.matterOf(row)).matter, row.light)),
  );
  return { cases, ...(nextCursor !== undefined && { nextCursor }) };
};
