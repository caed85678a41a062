import type { Actor, Message, Procedure, ProcedureLength } from '../case/messages.ts';
import type { StepAction } from '../case/status.ts';
import { systemActor } from '../case/system-actors.ts';
import { storedId } from '../message-ids.ts';
import { actorKey, needsTwoPersons, whyNotSecond } from './second-person.ts';

/**
 * A bulk act: one order to a list of cases. The list is frozen before anyone confirms it, so that
 * no case is changed that was not shown.
 */
export const BULK_STATUSES = ['draft', 'awaiting-second', 'running', 'paused', 'stopped', 'done'] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

export const BULK_VERBS = ['start', 'confirm', 'pause', 'resume', 'stop'] as const;
export type BulkVerb = (typeof BULK_VERBS)[number];

/**
 * The state of an item. `left-out`: the dry run found that it would be refused, so it is not tried.
 */
export const ITEM_STATES = ['pending', 'left-out', 'sent', 'applied', 'refused', 'stopped'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const OPEN_IN: Record<BulkVerb, readonly BulkStatus[]> = {
  start: ['draft'],
  confirm: ['awaiting-second'],
  pause: ['running'],
  resume: ['paused'],
  stop: ['draft', 'awaiting-second', 'running', 'paused'],
};

export interface Bulk {
  status: BulkStatus;
  createdBy: Actor;
  total: number;
}

/** Why `by` cannot do this to the act now; undefined: it is allowed. */
export const whyNotBulk = (
  { status, createdBy }: Bulk,
  verb: BulkVerb,
  by: Actor,
): 'ACTION_NOT_ALLOWED' | 'SECOND_PERSON_REQUIRED' | undefined => {
  if (!OPEN_IN[verb].includes(status)) return 'ACTION_NOT_ALLOWED';
  return verb === 'confirm' ? whyNotSecond(by, [actorKey(createdBy)]) : undefined;
};

/** The status after an allowed verb. */
export const bulkAfter = ({ total }: Bulk, verb: BulkVerb): BulkStatus => {
  switch (verb) {
    case 'start':
      return needsTwoPersons(total) ? 'awaiting-second' : 'running';
    case 'confirm':
    case 'resume':
      return 'running';
    case 'pause':
      return 'paused';
    case 'stop':
      return 'stopped';
  }
};

/** The ordered action with its arguments. */
export type BulkAction =
  | { kind: 'urge' | 'resend' | 'resume' | 'terminate' }
  | { kind: 'extend'; days: number }
  | ({ kind: 'suspend'; procedure: Procedure } & ProcedureLength)
  | { kind: 'reassign'; agency: string };

/** The action on a single step; undefined: the order is about the whole case. */
export const stepActionOf = ({ kind }: BulkAction): StepAction | undefined => (kind === 'terminate' ? undefined : kind);

/**
 * The id of the message of an item. It stays the same when the executor starts again, so the
 * message counts once. The executor sends it, so it is not among the ids of the supervisor.
 */
export const bulkMessageId = (bulkId: string, n: number): string => `${BULK_MESSAGES}${bulkId}:${n}`;
/** The beginning of these ids. */
export const BULK_MESSAGES = storedId(systemActor('bulk-executor'), '');

/** The message of an item to its case. */
export const bulkMessage = (action: BulkAction, id: string, by: Actor, stepId: string | undefined): Message => {
  if (action.kind === 'terminate') return { kind: 'termination', id, by };
  if (stepId === undefined) throw new Error(`${action.kind} is about a step`);
  const head = { id, by, stepId };
  switch (action.kind) {
    case 'urge':
    case 'resend':
      return { kind: action.kind, ...head };
    case 'resume':
      return { kind: 'resumption', ...head };
    case 'extend':
      return { kind: 'extension', days: action.days, ...head };
    case 'suspend': {
      const { kind: _suspend, ...procedure } = action;
      return { kind: 'suspension', ...procedure, ...head };
    }
    case 'reassign':
      return { kind: 'reassignment', to: { agency: action.agency }, ...head };
  }
};
