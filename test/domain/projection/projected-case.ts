import { fileURLToPath } from 'node:url';
import type { AgencyFacts } from '../../../domain/agency/enquiries.ts';
import type { Calendar } from '../../../domain/calendar/calendar.ts';
import { compilePlan, findStep } from '../../../domain/matter/compile.ts';
import { loadCatalog } from '../../../domain/authoring/load-catalog.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import type { CaseEvent, Message } from '../../../domain/case/messages.ts';
import { changesOf } from '../../../domain/case/changes.ts';
import { checkForm } from '../../../domain/form/form.ts';
import { project, type CaseChanges } from '../../../domain/projection/projection.ts';
import type { ProjectionRows, StepColumns } from '../../../domain/projection/rows.ts';
import { readSample } from '../../../sandbox/samples.ts';
import { mainland } from '../calendar/mainland.ts';

const catalog = await loadCatalog(fileURLToPath(new URL('../../../catalog', import.meta.url)));
const getMatter = (code: string) => {
  const found = catalog.ok && catalog.matters.find(({ matter }) => matter.code === code);
  if (!found) throw new Error(`no ${code} in the catalog`);
  return found;
};
export const matterOf = (code: string) => getMatter(code).matter;
export const limitOf = (code: string, stepId: string) => findStep(matterOf(code), stepId)!.step.limit;

/** A Wednesday, 10:00 in China. */
export const AT = Date.parse('2024-11-20T02:00:00Z');
export const MINUTE = 60_000;

const formOf = (code: string, sample: string) => {
  const { request } = JSON.parse(readSample(`${code}/${sample}`)) as { request: { form: unknown } };
  const checked = checkForm(getMatter(code).matter, request.form, { now: AT });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.form;
};

const SYSTEM: AgencyFacts = { connection: 'push', enquireAfterS: 3_600 };

/**
 * A case of a sample, driven by the test instead of a workflow: events go to the engine, and its
 * entries are projected.
 */
export const projectCase = (sample: string, code = 'newborn-registration') => {
  const { matter, hash } = getMatter(code);
  const plan = compilePlan(matter, hash, formOf(code, sample), { now: AT });
  let state = begin(plan, AT - MINUTE);
  let calendar: Calendar = mainland;
  let agency = SYSTEM;
  let steps = new Map<string, StepColumns>();
  let rows: ProjectionRows | undefined;

  const happen = (event: CaseEvent): CaseChanges => {
    const { seq } = state;
    const { state: after, entries } = next(state, event);
    state = after;
    return { caseId: 'case', prevSeq: seq, prevHash: '', runs: ['run'], ...changesOf(after, entries) };
  };
  const projectChanges = (changes: CaseChanges): ProjectionRows => {
    const agencies = new Map(matter.steps.map((step) => [step.agency, agency]));
    const stood = plan.steps.map(
      ({ id, skip }) => steps.get(id) ?? ({ id, status: skip ? 'skipped' : 'waiting' } as const),
    );
    return project(changes, { matter, calendar, agencies, before: { plan, steps: stood } });
  };
  const tell = (event: CaseEvent): ProjectionRows => {
    rows = projectChanges(happen(event));
    steps = new Map([...steps, ...rows.steps.map((step) => [step.id, step] as const)]);
    return rows;
  };
  return {
    matter,
    happen,
    projectChanges,
    tell,
    start: () => tell({ kind: 'started', at: AT }),
    answer: (stepId: string, kind: 'accepted' | 'approved' | 'refused' | 'supplement', at: number, round = 1) =>
      tell({
        ...{ kind: 'answered', at, stepId, round },
        answer:
          kind === 'accepted' ? { kind } : { kind: 'decided', decision: kind, messageId: `${stepId}:${round}:${kind}` },
      }),
    dispatch: (at: number, message: Message) => tell({ kind: 'message', at, message }),
    /** The last projection. */
    step: (id: string): StepColumns => steps.get(id)!,
    row: () => rows!.case,
    /** Changes all agencies, or the calendar, from now on. */
    agencies: (facts: Partial<AgencyFacts>) => {
      agency = { ...SYSTEM, ...facts };
    },
    useCalendar: (other: Calendar) => {
      calendar = other;
    },
  };
};
