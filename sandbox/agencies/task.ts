import type { Decision } from '../../agencies/contract.ts';
import type { Entry } from './journal.ts';

/** One request, as the agency's office knows it. */
export interface Task {
  requestId: string;
  stepKind: string;
  since: string;
  status: 'pending' | 'decided' | 'undone';
  /** What is planned, and when (milliseconds since 1970; absent: held). */
  planned: Decision['decision'];
  decideAt?: number;
  /** Absent when it was answered at once. */
  callbackUrl?: string;
  copies: boolean;
  decision?: Decision;
  /** Settles when what the task says is on disk; nothing is answered before. */
  saved: Promise<void>;
}

/** A request that has just come. */
export const newTask = ({ requestId, at }: { requestId: string; at: string }): Task => ({
  requestId,
  stepKind: '',
  since: at,
  status: 'pending',
  planned: 'approved',
  copies: false,
  saved: Promise.resolve(),
});

/** What the journal keeps of a request that was answered 202. */
export const receivedEntry = (agency: string, task: Task, callbackUrl: string): Entry => ({
  kind: 'received',
  agency,
  requestId: task.requestId,
  at: task.since,
  callbackUrl,
  stepKind: task.stepKind,
  decision: task.planned,
  ...(task.decideAt !== undefined && { decideAt: task.decideAt }),
  copies: task.copies,
});

/** The task as it was when the journal took it down. */
export const taskOf = (entry: Extract<Entry, { kind: 'received' }>): Task => ({
  ...newTask(entry),
  stepKind: entry.stepKind,
  planned: entry.decision,
  callbackUrl: entry.callbackUrl,
  copies: entry.copies,
  ...(entry.decideAt !== undefined && { decideAt: entry.decideAt }),
});
