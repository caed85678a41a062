import type { Decision } from '../../agencies/contract.ts';
import type { Entry } from './journal.ts';
import type { Asked } from './results.ts';

/** One request, as the agency's office knows it. */
export interface Task {
  requestId: string;
  stepKind: string;
  since: string;
  status: 'pending' | 'decided' | 'undone';
  /** The planned decision and its time (milliseconds since 1970; absent: waits for a person). */
  planned: Decision['decision'];
  decideAt?: number;
  /** Absent if the request was answered at once. */
  callbackUrl?: string;
  /** What the agency may find missing. */
  asked: Asked;
  /** The declared result of an approval. */
  gives: NonNullable<Decision['result']>;
  copies: boolean;
  decision?: Decision;
  /** Resolves when the task is on disk. No answer is sent before. */
  saved: Promise<void>;
}

/** The task of a new request. */
export const newTask = ({ requestId, at }: { requestId: string; at: string }): Task => ({
  requestId,
  stepKind: '',
  since: at,
  status: 'pending',
  planned: 'approved',
  asked: {},
  gives: {},
  copies: false,
  saved: Promise.resolve(),
});

/** The journal entry of a request that was answered with 202. */
export const createReceivedEntry = (agency: string, task: Task, callbackUrl: string): Entry => ({
  kind: 'received',
  agency,
  requestId: task.requestId,
  at: task.since,
  callbackUrl,
  stepKind: task.stepKind,
  decision: task.planned,
  ...(task.decideAt !== undefined && { decideAt: task.decideAt }),
  copies: task.copies,
  asked: task.asked,
  gives: task.gives,
});

/** The task of a journal entry. */
export const taskOf = (entry: Extract<Entry, { kind: 'received' }>): Task => ({
  ...newTask(entry),
  stepKind: entry.stepKind,
  planned: entry.decision,
  callbackUrl: entry.callbackUrl,
  copies: entry.copies,
  asked: entry.asked,
  gives: entry.gives,
  ...(entry.decideAt !== undefined && { decideAt: entry.decideAt }),
});
