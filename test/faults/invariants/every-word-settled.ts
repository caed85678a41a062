import { replyIds } from '../../../exchange/reply-ids.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/** 202: recorded; what becomes of it is judged like everything that is in the inbox. */
const ACKNOWLEDGED: readonly (number | undefined)[] = [200, 202, 409];

/**
 * I7: every acknowledged callback and decision was applied once or recorded as refused; nothing
 * waits.
 */
export const judgeMessages = (one: CaseEvidence, { journal, lines, cipher }: Evidence): Finding[] => {
  const { row, steps, entries, inbox } = one;
  const { caseId } = row;
  const { findings, report } = collect('I7', caseId);
  for (const [messageId, outcome] of inbox) {
    const applied = entries.filter(
      (entry) => 'messageId' in entry && entry.messageId === messageId && entry.kind !== 'message-refused',
    ).length;
    // A message with the same content or the same id as before is repeated.
    const allowed = { applied: [1], refused: [0], repeated: [0, 1] };
    if (!outcome) report(`${messageId} waits`);
    else if (!allowed[outcome.kind].includes(applied)) {
      report(`${messageId} is ${outcome.kind} and was applied ${applied} times`);
    }
  }
  for (const entry of entries) {
    const { messageId } = { messageId: undefined, ...entry };
    if (messageId === undefined || inbox.has(messageId)) continue;
    report(`${entry.kind} because of ${messageId}, without a message`);
  }
  for (const entry of journal) {
    if (entry.caseId !== caseId || entry.kind !== 'delivered') continue;
    const decided = journal.find((other) => other.kind === 'effect' && other.requestId === entry.requestId);
    const round = steps.find(({ stepId }) => stepId === entry.stepId)?.round ?? 0;
    if (decided?.kind !== 'effect' || !decided.decision) continue;
    const by = { role: 'agency', id: entry.agency } as const;
    const ids = replyIds(cipher, by, { caseId, stepId: entry.stepId, round }, decided.decision);
    if (!ids.some((id) => inbox.has(id))) report('an accepted callback is lost', entry.stepId);
  }
  const acknowledged = new Set(
    lines.flatMap((line) => (line.kind === 'decided' && ACKNOWLEDGED.includes(line.status) ? [line.messageId] : [])),
  );
  for (const line of lines) {
    if (line.kind !== 'decide' || !line.requestId.startsWith(`${caseId}:`) || !acknowledged.delete(line.messageId))
      continue;
    if (!inbox.has(line.messageId)) report(`the decision ${line.messageId} was accepted and is lost`);
  }
  return findings;
};
