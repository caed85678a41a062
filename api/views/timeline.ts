import { z } from 'zod';
import type { VisibleEntry } from '../../domain/case/agency-scope.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { LEDGER_WORDS } from '../../domain/words/ledger-kinds.ts';
import type { TimelineEntry } from '../../contract/ledger.ts';
import { Evidence, Letter } from '../../contract/step-commands.ts';
import { ActorView } from '../../contract/values.ts';
import { stepName } from './names.ts';
import { iso } from './instants.ts';

/** The reason in the body of a message. */
const Why = z.object({
  reason: z.string().optional(),
  evidence: z.array(Evidence).optional(),
  letter: Letter.optional(),
});

/**
 * A ledger entry in readable form. `read` returns the body of its message, or undefined if the
 * caller may not read it.
 */
export const timelineEntry = (
  seq: number,
  entry: VisibleEntry,
  matter: Matter,
  read: (messageId: string, stepId: string | undefined) => unknown,
): TimelineEntry => {
  const { at, kind, ...rest } = entry;
  const { by, stepId, messageId, ...details } = Parts.parse(rest);
  // The review queue shows the texts of an answer that does not count.
  const isRefused = kind === 'message-refused';
  const why = messageId === undefined || isRefused ? undefined : Why.safeParse(read(messageId, stepId)).data;
  return {
    seq,
    at: iso(at),
    kind,
    what: LEDGER_WORDS[kind],
    ...(stepId !== undefined && { step: { id: stepId, name: stepName(matter, stepId) } }),
    ...(by && { by }),
    ...why,
    details,
  };
};

/** The fields that several kinds of entries share, and the rest of each. */
const Parts = z.looseObject({
  by: ActorView.optional(),
  stepId: z.string().optional(),
  messageId: z.string().optional(),
});
