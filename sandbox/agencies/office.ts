import { randomUUID } from 'node:crypto';
import { Decision, type DecisionReply } from '../../agencies/contract.ts';
import type { Behaviour } from './behaviour.ts';
import type { Courier } from './courier.ts';
import type { Effect, Entry, Journal } from './journal.ts';
import { planOf } from './plan.ts';
import { REFUSAL_REASON, resultOf, supplementsOf, type Asked } from './results.ts';
import { newTask, createReceivedEntry, taskOf, type Task } from './task.ts';

/** The parts of a request that the office needs; an agency ignores all others. */
interface Submission {
  requestId: string;
  stepKind: string;
  round: number;
  callbackUrl: string;
  /** What the agency may find missing. */
  asked: Asked;
  /** The declared result of its approval. */
  gives: NonNullable<Decision['result']>;
}

/** `fresh`: this call changed something; a repeated one does not. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  fresh?: true;
}

export interface Office {
  submit(submission: Submission, behaviour: Behaviour): Promise<Reply>;
  enquire(requestId: string): Promise<Reply>;
  undo(requestId: string, behaviour: Behaviour): Promise<Reply>;
  /** An officer of the agency decides a pending request. */
  answer(requestId: string, decision: DecisionReply): Promise<Reply>;
  pending(): Pick<Task, 'requestId' | 'stepKind' | 'since' | 'decideAt'>[];
  effects(): Effect[];
  close(): void;
}

/**
 * One agency: keys every effect on the request id, and goes on after a restart where its journal
 * ends.
 */
export function openOffice(agency: string, journal: Journal, courier: Courier): Office {
  const tasks = new Map<string, Task>();
  const effects: Effect[] = [];
  const timers = new Map<Task, NodeJS.Timeout>();
  let serial = 0;

  const append = async (entry: Entry) => {
    await journal.append(entry);
    if (entry.kind === 'effect') effects.push(entry);
  };

  const schedule = (task: Task) => {
    if (task.decideAt === undefined) return;
    const timer = setTimeout(() => void decideAndTell(task, plannedDecision(task)), task.decideAt - Date.now());
    timers.set(task, timer);
  };

  const stopTimer = (task: Task) => {
    clearTimeout(timers.get(task));
    timers.delete(task);
  };

  const resultOfTask = ({ stepKind, gives }: Task) => ({
    ...resultOf(agency, stepKind, serial + 1, new Date()),
    ...gives,
  });

  const textsOf = (task: Task, decision: DecisionReply['decision']): Omit<DecisionReply, 'decision'> => {
    switch (decision) {
      case 'approved':
      case 'exempt':
        return { result: resultOfTask(task) };
      case 'refused':
        return { reason: REFUSAL_REASON };
      case 'supplement':
        return { supplements: supplementsOf(task.asked) };
      case 'lapsed':
      case 'missed':
      case 'returned':
        return {};
    }
  };

  const plannedDecision = (task: Task): DecisionReply => ({
    decision: task.planned,
    ...textsOf(task, task.planned),
  });

  /**
   * The only place where a decision takes effect: first in memory, so that a repeated request finds
   * it, then on disk.
   */
  const decide = (task: Task, answered: DecisionReply): Decision => {
    const { requestId } = task;
    serial += 1;
    // Parsed, so that its fields have the same order as after reading the journal. The bytes are
    // then the same after a restart.
    const decision = Decision.parse({
      ...answered,
      messageId: answered.messageId ?? `${agency}-${randomUUID()}`,
      requestId,
    });
    stopTimer(task);
    task.status = 'decided';
    task.decision = decision;
    const at = new Date().toISOString();
    task.saved = append({ kind: 'effect', agency, requestId, effect: `decided:${decision.decision}`, at, decision });
    return decision;
  };

  const tell = async (task: Task, decision: Decision) => {
    if (task.callbackUrl === undefined) return;
    const copies = task.copies
      ? [decision, decision, decision, { ...decision, messageId: `${decision.messageId}-again` }]
      : [decision];
    const url = task.callbackUrl;
    try {
      await Promise.all(copies.map((copy) => courier.send(url, copy)));
      await append({ kind: 'delivered', agency, requestId: task.requestId, at: new Date().toISOString() });
    } catch {
      // The callback fails only when the sandbox closes. After a restart the journal shows that it
      // is still due.
    }
  };

  const decideAndTell = async (task: Task, answered: DecisionReply) => {
    const decision = decide(task, answered);
    await task.saved;
    void tell(task, decision);
  };

  const restore = () => {
    const delivered = new Set<string>();
    for (const entry of journal.entries.filter((other) => other.agency === agency)) {
      if (entry.kind === 'received') tasks.set(entry.requestId, taskOf(entry));
      if (entry.kind === 'delivered') delivered.add(entry.requestId);
      if (entry.kind === 'effect') {
        effects.push(entry);
        const task = tasks.get(entry.requestId) ?? newTask(entry);
        task.status = entry.effect === 'undone' ? 'undone' : 'decided';
        if (entry.decision) {
          serial += 1;
          task.decision = entry.decision;
        }
        tasks.set(entry.requestId, task);
      }
    }
    for (const task of tasks.values()) {
      if (task.status === 'pending') schedule(task);
      else if (task.decision && !delivered.has(task.requestId)) void tell(task, task.decision);
    }
  };

  restore();
  return {
    async submit({ requestId, stepKind, round, callbackUrl, asked, gives }, behaviour) {
      const known = tasks.get(requestId);
      if (known && !behaviour.keyless) {
        await waitUntilSaved(known);
        return known.status === 'undone'
          ? { status: 410 }
          : known.status === 'decided'
            ? { status: 200, body: known.decision }
            : { status: 409 };
      }
      const at = new Date().toISOString();
      const task = newTask({ requestId, at });
      const plan = planOf(behaviour, stepKind, round, requestId);
      task.stepKind = stepKind;
      task.asked = asked;
      task.gives = gives;
      task.planned = plan.decision;
      tasks.set(requestId, task);
      if (plan.afterMs === 0) {
        const decision = decide(task, plannedDecision(task));
        await task.saved;
        return { status: 200, body: decision, fresh: true };
      }
      task.callbackUrl = courier.addressOf(callbackUrl);
      task.copies = behaviour.mode === 'duplicate';
      if (plan.afterMs !== undefined) task.decideAt = Date.now() + plan.afterMs;
      task.saved = append(createReceivedEntry(agency, task, task.callbackUrl));
      await task.saved;
      if (task.status === 'pending') schedule(task);
      return { status: 202, fresh: true };
    },

    async enquire(requestId) {
      const task = tasks.get(requestId);
      if (!task) return { status: 404 };
      await waitUntilSaved(task);
      if (task.status === 'undone') return { status: 410 };
      return task.status === 'decided' ? { status: 200, body: task.decision } : { status: 202 };
    },

    async undo(requestId, { mode }) {
      const known = tasks.get(requestId);
      if (known?.status === 'undone') {
        await waitUntilSaved(known);
        return { status: 200, body: { undone: true } };
      }
      if (known && mode === 'stands') return { status: 409 };
      const at = new Date().toISOString();
      const task = known ?? newTask({ requestId, at });
      stopTimer(task);
      task.status = 'undone';
      tasks.set(requestId, task);
      task.saved = append({ kind: 'effect', agency, requestId, effect: 'undone', at, ...(!known && { unseen: true }) });
      await task.saved;
      return { status: 200, body: { undone: true }, fresh: true };
    },

    async answer(requestId, answered) {
      const task = tasks.get(requestId);
      if (!task) return { status: 404 };
      if (task.status !== 'pending') return { status: 409 };
      const { result: own, ...texts } = textsOf(task, answered.decision);
      // The declared values come from the office's own register, unless the officer gives others.
      const result = answered.result ? { ...task.gives, ...answered.result } : own;
      await decideAndTell(task, { ...texts, ...answered, ...(own && { result }) });
      return { status: 200, body: task.decision };
    },

    pending: () =>
      [...tasks.values()]
        .filter(({ status }) => status === 'pending')
        .map(({ requestId, stepKind, since, decideAt }) => ({
          requestId,
          stepKind,
          since,
          ...(decideAt !== undefined && { decideAt }),
        })),
    effects: () => effects,
    close: () => {
      for (const task of timers.keys()) stopTimer(task);
    },
  };
}

/** Waits until the journal has everything about a task, including decisions made meanwhile. */
async function waitUntilSaved(task: Task): Promise<void> {
  let saved;
  do {
    saved = task.saved;
    await saved;
  } while (saved !== task.saved);
}
