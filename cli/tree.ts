import type { CaseView } from '../contract/cases.ts';
import type { StepView } from '../contract/steps.ts';
import type { Stall } from '../contract/stalls.ts';
import type { StepStatus } from '../matters/engine/status.ts';
import type { Light } from '../matters/clock/light.ts';
import type { Text } from '../matters/definition/schema.ts';

const MARKS: Record<StepStatus, string> = {
  waiting: '·',
  ready: '·',
  submitted: '→',
  accepted: '…',
  supplement: '?',
  suspended: '‖',
  attention: '!',
  undoing: '↶',
  done: '✓',
  refused: '✗',
  skipped: '-',
  blocked: '⊘',
  stopped: '■',
  undone: '↺',
};

/** A case and its steps: a line each, and more for what a step waits for and what stands in its way. Steps that it does not need are counted. */
export const drawCase = (view: CaseView, language: keyof Text): string[] => {
  const { matter, caseNo, status, closing } = view;
  const steps = view.steps.filter((step) => step.status !== 'skipped');
  const skipped = view.steps.length - steps.length;
  return [
    `${matter.name[language]}  ${caseNo}  ${closing === undefined ? status : `${status}, ${closing}`}${clockFacts(view)
      .map((fact) => `  ${fact}`)
      .join('')}`,
    ...view.items.map(
      ({ name, lead, ...clock }) => `   ${[`${name[language]}  [${lead.id}]`, ...clockFacts(clock)].join('  ')}`,
    ),
    ...view.notices.filter(({ status: told }) => told === 'gathering' || told === 'open').flatMap(drawNotice),
    ...steps.flatMap((step, index) => drawStep(step, language, index === steps.length - 1)),
    ...(skipped === 0 ? [] : [`   ${skipped} more do not apply`]),
  ];
};

const drawStep = (step: StepView, language: keyof Text, last: boolean): string[] => {
  const { status, round, waitingOn, attention, because, reason } = step;
  const facts = [
    round > 1 ? `${status} (round ${round})` : status,
    ...(waitingOn === 'nobody' ? [] : [`waits for ${waitingOn}`]),
    ...(because === undefined ? [] : [`because of ${because}`]),
    ...clockFacts(step),
  ];
  const line = `${last ? '└─' : '├─'} ${MARKS[status]} ${step.name[language]}  [${step.agency.id}]  ${facts.join(', ')}`;
  const words = [attention ?? (status === 'done' ? undefined : reason), failures(step), wait(step)].filter(
    (text) => text !== undefined,
  );
  return [line, ...words.map((text) => `${last ? '   ' : '│  '}     ${text}`)];
};

/** How often it could not be sent, and why the last time. */
const failures = ({ status, attempts, lastError }: StepView): string | undefined =>
  (status === 'submitted' || status === 'undoing') && attempts > 0
    ? `failed attempts: ${attempts}${lastError === undefined ? '' : `, the last: ${lastError}`}`
    : undefined;

/** Why it waits, since when, and what happens next by itself; whether it is to be worried about. */
const wait = ({ waiting }: StepView): string | undefined =>
  waiting && `${waiting.stalled ? 'stands still' : 'waits'} since ${localTime(waiting.since)}: ${drawCause(waiting)}`;

export const drawCause = ({ cause, detail, next }: Pick<Stall, 'cause' | 'detail' | 'next'>): string => {
  const coming = next && `; next: ${next.action}${next.at === undefined ? '' : ` ${localTime(next.at)}`}`;
  return `${cause} (${detail})${coming ?? ''}`;
};

/** What is asked of the applicant, until when. */
const drawNotice = ({ id, dueAt, items }: CaseView['notices'][number]): string[] => [
  `?  notice ${id}${dueAt === undefined ? '' : `, to be answered by ${localTime(dueAt)}`}`,
  ...items.map(
    ({ field, material, reason, answered }) => `   ${answered ? '✓' : '·'} ${field ?? material ?? ''}  ${reason ?? ''}`,
  ),
];

type Clock = Pick<StepView, 'light' | 'promisedAt' | 'statutoryAt' | 'provisional' | 'endedAt'>;

/** Until when, while it runs; and its light where that says more than that all is well. */
export const clockFacts = ({ light, promisedAt, statutoryAt, provisional, endedAt }: Clock): string[] => {
  if (promisedAt === undefined) return [];
  const open = endedAt === undefined;
  return [
    ...(open ? [`promised by ${localTime(promisedAt)}${provisional ? ' (暂定 provisional)' : ''}`] : []),
    ...(open && statutoryAt !== undefined ? [`by law ${localTime(statutoryAt)}`] : []),
    ...(light === 'green' ? [] : [LIGHT_WORDS[light]]),
  ];
};

const LIGHT_WORDS: Record<Light, string> = {
  green: '正常 green',
  yellow: '预警 yellow',
  red: '超期 red',
  'deep-red': '超法定 deep red',
  grey: '停表 paused',
};

export const localTime = (instant: string): string =>
  new Date(instant).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' });
