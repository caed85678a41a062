import type { Due } from './dues.ts';
import type { Message, Outcome, RefusalCode } from './messages.ts';
import { APPLIED, causeOf, refuse, whyNotOpen, type Run } from './run.ts';
import { listOpenGaps, type CaseState } from './state.ts';
import type { CaseStanding } from './status.ts';

/**
 * A pledge (容缺) ends when its last material has come in, or expires at the agreed instant. The case
 * is returned when the materials are still missing some time after that.
 */
export const pledgeDues = (state: CaseState): Due[] => {
  const { pledge } = state.plan;
  if (!pledge || listOpenGaps(state).length === 0) return [];
  const { pledgeExpiredAt } = state;
  if (pledgeExpiredAt !== undefined) return [{ key: 'pledge-return', kind: 'pledge-return', from: pledgeExpiredAt }];
  return [{ key: 'pledge', kind: 'pledge', from: state.receivedAt, at: pledge.until }];
};

/** Why no pledged material can come in now, given the missing ones; undefined: one can. */
export const whyNotFill = (found: CaseStanding, gaps: readonly string[]): RefusalCode | undefined =>
  whyNotOpen(found) ?? (gaps.length === 0 ? 'MATERIAL_NOT_PLEDGED' : undefined);

/** A pledged material has come in. */
export const fillGap = (run: Run, message: Extract<Message, { kind: 'gap-fill' }>): Outcome => {
  const code = whyNotFill(run.state, listOpenGaps(run.state));
  if (code) return refuse(run, message, code);
  const gaps = run.state.plan.pledge?.gaps ?? [];
  const open = message.materials.filter((material) => !run.state.filled.includes(material));
  if (open.length === 0 || !open.every((id) => gaps.some(({ material }) => material === id))) {
    return refuse(run, message, 'MATERIAL_NOT_PLEDGED');
  }
  run.record({ kind: 'gap-filled', at: run.at, materials: open, ...causeOf(message) });
  return APPLIED;
};
