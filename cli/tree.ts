import type { CaseView } from '../contract/cases.ts';
import type { StepView } from '../contract/steps.ts';
import type { Stall } from '../contract/stalls.ts';
import type { StepStatus } from '../domain/case/status.ts';
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
  skipped: '-',
  blocked: '⊘',
  stopped: '■',
  undone: '↺',
};

const MARK_STYLES: Partial<Record<StepStatus, Style>> = { done: 'green', refused: 'red', attention: 'yellow' };

/** A case and its steps: a line each, and more for what a step waits for and what stands in its way. Steps that it does not need are counted. */
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
      .filter(({ status: told }) => told === 'gathering' || told === 'open')
      .flatMap((notice) => drawNotice(pen, notice)),
    ...steps.flatMap((step, index) => drawStep(pen, step, index === steps.length - 1)),
    ...(skipped === 0 ? [] : [`   ${skipped === 1 ? t('case.oneSkipped') : t('case.skipped', { count: skipped })}`]),
  ];
};

/** A case in one line: what it is about, its number, how it stands, when it is due. */
export const drawHead = (pen: Pen, view: CaseView): string => {
  const { matter, caseNo, status, closing } = view;
  const words = [
    wordOf(pen, 'caseStatus', status),
    ...(closing === undefined ? [] : [wordOf(pen, 'closing', closing)]),
  ];
  return [pen.paint('bold', matter.name[pen.language]), caseNo, words.join(', '), ...clockFacts(pen, view)].join('  ');
};

const drawStep = (pen: Pen, step: StepView, last: boolean): string[] => {
  const { status, attention, reason } = step;
  const words = [
    attention === undefined
      ? status === 'done'
        ? undefined
        : reason
      : `${wordOf(pen, 'detail', attention)} (${attention})`,
    failures(pen, step),
    wait(pen, step),
  ].filter((text) => text !== undefined);
  return [
    `${last ? '└─' : '├─'} ${drawStepLine(pen, step)}`,
    ...words.map((text) => `${last ? '   ' : '│  '}     ${text}`),
  ];
};

/** A step in one line: what it is, whose, how it stands. */
export const drawStepLine = (pen: Pen, step: StepView): string => {
  const { status, round, waitingOn, because, name, agency } = step;
  const { language, t } = pen;
  const word = wordOf(pen, 'stepStatus', status);
  const facts = [
    round > 1 ? t('step.round', { status: word, round }) : word,
    ...(waitingOn === 'nobody' ? [] : [t('step.turn', { turn: wordOf(pen, 'turn', waitingOn) })]),
    ...(because === undefined ? [] : [t('step.because', { because })]),
    ...clockFacts(pen, step),
  ];
  const style = MARK_STYLES[status];
  const mark = style === undefined ? MARKS[status] : pen.paint(style, MARKS[status]);
  return `${mark} ${name[language]}  [${agency.id}]  ${facts.join(', ')}`;
};

/** How often it could not be sent, and why the last time. */
const failures = ({ t }: Pen, { status, attempts, lastError }: StepView): string | undefined =>
  (status === 'submitted' || status === 'undoing') && attempts > 0
    ? `${t('step.attempts', { count: attempts })}${lastError === undefined ? '' : `, ${t('step.lastError', { error: lastError })}`}`
    : undefined;

/** Why it waits, since when, and what happens next by itself; whether it is stalled. */
const wait = (pen: Pen, { waiting }: StepView): string | undefined =>
  waiting &&
  pen.t(waiting.stalled ? 'step.stalledSince' : 'step.waitsSince', {
    since: localTime(waiting.since),
    cause: drawCause(pen, waiting),
  });

/** Why something waits, and what happens next without a person. */
export const drawCause = (pen: Pen, { cause, detail, next }: Pick<Stall, 'cause' | 'detail' | 'next'>): string => {
  const because = `${wordOf(pen, 'cause', cause)} (${wordOf(pen, 'detail', detail)})`;
  if (next === undefined) return because;
  const action = wordOf(pen, 'next', next.action);
  return `${because}; ${pen.t('step.next', { action: next.at === undefined ? action : `${action} ${localTime(next.at)}` })}`;
};

/** What is asked of the applicant, until when. */
const drawNotice = ({ t }: Pen, { id, dueAt, items }: CaseView['notices'][number]): string[] => [
  `?  ${dueAt === undefined ? t('case.notice', { id }) : t('case.noticeDue', { id, at: localTime(dueAt) })}`,
  ...items.map(
    ({ field, material, reason, answered }) => `   ${answered ? '✓' : '·'} ${field ?? material ?? ''}  ${reason ?? ''}`,
  ),
];

type Clock = Pick<StepView, 'light' | 'promisedAt' | 'statutoryAt' | 'provisional' | 'endedAt'>;

/** Until when, while it runs; and its light where that says more than that all is well. */
export const clockFacts = (pen: Pen, { light, promisedAt, statutoryAt, provisional, endedAt }: Clock): string[] => {
  const { t } = pen;
  if (promisedAt === undefined) return [];
  const open = endedAt === undefined;
  const promised = t('clock.promisedBy', { at: localTime(promisedAt) });
  return [
    ...(open ? [provisional ? `${promised} (${t('clock.provisional')})` : promised] : []),
    ...(open && statutoryAt !== undefined ? [t('clock.byLaw', { at: localTime(statutoryAt) })] : []),
    ...(light === 'green' ? [] : [drawLight(pen, light)]),
  ];
};
