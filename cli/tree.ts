import type { CaseView } from '../contract/cases.ts';
import type { LastDayView } from '../contract/last-days.ts';
import type { StepView } from '../contract/steps.ts';
import type { Stall } from '../contract/stalls.ts';
import type { StepStatus } from '../domain/case/status.ts';
import type { WaitDetail } from '../domain/waiting/causes.ts';
import type { Style } from './terminal.ts';
import { localTime } from './times.ts';
import { drawLight, wordOf, type Pen } from './words.ts';

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
  lapsed: '⌛',
  skipped: '-',
  blocked: '⊘',
  stopped: '■',
  undone: '↺',
};

const MARK_STYLES: Partial<Record<StepStatus, Style>> = { done: 'green', refused: 'red', attention: 'yellow' };

/**
 * A case and its steps: one line each, and further lines for waits and failures. Steps that do not
 * apply are only counted.
 */
export const drawCase = (pen: Pen, view: CaseView): string[] => {
  const { language, t } = pen;
  const steps = view.steps.filter((step) => step.status !== 'skipped');
  const skipped = view.steps.length - steps.length;
  return [
    drawHead(pen, view),
    ...view.items.map(
      ({ name, lead, ...clock }) => `   ${[`${name[language]}  [${lead.id}]`, ...clockFacts(pen, clock)].join('  ')}`,
    ),
    ...view.notices
      .filter((notice) => notice.status === 'gathering' || notice.status === 'open')
      .flatMap((notice) => drawNotice(pen, notice)),
    ...view.lastDays.map((lastDay) => drawLastDay(pen, lastDay)),
    ...steps.flatMap((step, index) => drawStep(pen, step, steps, index === steps.length - 1)),
    ...(skipped === 0 ? [] : [`   ${skipped === 1 ? t('case.oneSkipped') : t('case.skipped', { count: skipped })}`]),
  ];
};

/** A case in one line: matter, case number, status, deadlines. */
export const drawHead = (pen: Pen, view: CaseView): string => {
  const { matter, caseNo, status, closing } = view;
  const words = [
    wordOf(pen, 'caseStatus', status),
    ...(closing === undefined ? [] : [wordOf(pen, 'closing', closing)]),
  ];
  return [pen.paint('bold', matter.name[pen.language]), caseNo, words.join(', '), ...clockFacts(pen, view)].join('  ');
};

const drawStep = (pen: Pen, step: StepView, steps: readonly StepView[], last: boolean): string[] => {
  const { status, attention, reason } = step;
  const words = [
    attention === undefined
      ? status === 'done'
        ? undefined
        : reason
      : `${wordOf(pen, 'detail', attention)} (${attention})`,
    describeFailures(pen, step),
    wait(pen, step),
  ].filter((text) => text !== undefined);
  return [
    `${last ? '└─' : '├─'} ${drawStepLine(pen, step, steps)}`,
    ...words.map((text) => `${last ? '   ' : '│  '}     ${text}`),
  ];
};

/** A step in one line: name, agency, status. */
export const drawStepLine = (pen: Pen, step: StepView, steps: readonly StepView[]): string => {
  const { status, round, waitingOn, name, agency } = step;
  const { language, t } = pen;
  const word = wordOf(pen, 'stepStatus', status);
  const facts = [
    round > 1 ? t('step.round', { status: word, round }) : word,
    ...warningOf(pen, step),
    ...(waitingOn === 'nobody' ? [] : [t('step.turn', { turn: wordOf(pen, 'turn', waitingOn) })]),
    ...reasonsOf(pen, step, steps),
    ...deadlinesOf(pen, step),
  ];
  const style = MARK_STYLES[status];
  const mark = style === undefined ? MARKS[status] : pen.paint(style, MARKS[status]);
  return `${mark} ${name[language]}  [${agency.id}]  ${facts.join(', ')}`;
};

/** Why the step is not sent. `because` is the id of a failed step or the code of what defers it. */
const reasonsOf = (pen: Pen, { because }: StepView, steps: readonly StepView[]): string[] => {
  if (because === undefined) return [];
  const failed = steps.find(({ id }) => id === because);
  if (failed) return [pen.t('step.blockedBy', { step: failed.name[pen.language] })];
  return [pen.t('step.because', { because: wordOf(pen, 'deferredBy', because) })];
};

/** The number of failed attempts, and the last error. */
const describeFailures = ({ t }: Pen, { status, attempts, lastError }: StepView): string | undefined =>
  (status === 'submitted' || status === 'undoing') && attempts > 0
    ? `${t('step.attempts', { count: attempts })}${lastError === undefined ? '' : `, ${t('step.lastError', { error: lastError })}`}`
    : undefined;

/** The cause of the wait, its start and the next automatic action, and whether it is a stall. */
const wait = (pen: Pen, { waiting, attention }: StepView): string | undefined =>
  waiting &&
  pen.t(waiting.stalled ? 'step.stalledSince' : 'step.waitsSince', {
    since: localTime(waiting.since),
    cause: drawCause(pen, waiting, attention),
  });

/** Details that say no more than their cause. */
const REDUNDANT_DETAILS: ReadonlySet<string> = new Set<WaitDetail>(['OTHER_STEPS', 'PAYMENT', 'DELIVERY']);

/** The cause of a wait and the next automatic action, without the detail if it is `drawn` already. */
export const drawCause = (
  pen: Pen,
  { cause, detail, next }: Pick<Stall, 'cause' | 'detail' | 'next'>,
  drawn?: WaitDetail,
): string => {
  const word = wordOf(pen, 'cause', cause);
  const because =
    REDUNDANT_DETAILS.has(detail) || detail === drawn ? word : `${word} (${wordOf(pen, 'detail', detail)})`;
  if (next === undefined) return because;
  const action = wordOf(pen, 'next', next.action);
  return `${because}; ${pen.t('step.next', { action: next.at === undefined ? action : `${action} ${localTime(next.at)}` })}`;
};

/** A supplement notice with its items. */
const drawNotice = ({ t }: Pen, { id, dueAt, items }: CaseView['notices'][number]): string[] => [
  `?  ${dueAt === undefined ? t('case.notice', { id }) : t('case.noticeDue', { id, at: localTime(dueAt) })}`,
  ...items.map(
    ({ field, material, reason, answered }) => `   ${answered ? '✓' : '·'} ${field ?? material ?? ''}  ${reason ?? ''}`,
  ),
];

/** A last day that binds the applicant. */
export const drawLastDay = (
  { language, t }: Pen,
  { name, item, until, state, stateText, example }: LastDayView,
): string =>
  [
    `${state === 'over' ? '!' : '·'}  ${name[language]}${item === undefined ? '' : ` ${item}`}`,
    until.text[language],
    `${stateText[language]}${example ? t('case.exampleLimit') : ''}`,
  ].join('  ');

type Clock = Pick<
  StepView,
  'light' | 'promisedAt' | 'statutoryAt' | 'provisional' | 'statutoryProvisional' | 'endedAt'
>;

/**
 * The light of a clock unless it is green, and the deadlines while it runs. The light is first,
 * because a narrow terminal cuts off the end of a line.
 */
export const clockFacts = (pen: Pen, clock: Clock): string[] => [...warningOf(pen, clock), ...deadlinesOf(pen, clock)];

const warningOf = (pen: Pen, { light, promisedAt }: Clock): string[] =>
  promisedAt === undefined || light === 'green' ? [] : [drawLight(pen, light)];

const deadlinesOf = ({ t }: Pen, { promisedAt, statutoryAt, endedAt, ...clock }: Clock): string[] => {
  if (promisedAt === undefined || endedAt !== undefined) return [];
  const mark = (text: string, provisional: boolean) => (provisional ? `${text} (${t('clock.provisional')})` : text);
  return [
    mark(t('clock.promisedBy', { at: localTime(promisedAt) }), clock.provisional),
    ...(statutoryAt === undefined
      ? []
      : [mark(t('clock.byLaw', { at: localTime(statutoryAt) }), clock.statutoryProvisional)]),
  ];
};
