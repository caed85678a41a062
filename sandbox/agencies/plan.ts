import type { Decision } from '../../agencies/contract.ts';
import { drawShare, type Behaviour } from './behaviour.ts';

/** By default officers take between these two times, depending on the request. */
const OFFICER_MS = { least: 300, most: 3000 };
/** The share of the requests for officers that is decided at once. */
const AT_ONCE = 0.15;

/** What an agency's system says when it cannot do what it was sent, by the kind of the step. */
const NEGATIVES: ReadonlyMap<string, Decision['decision']> = new Map([
  ['verify', 'missed'],
  ['review', 'refused'],
  ['approve', 'refused'],
  ['register', 'refused'],
  ['consult', 'refused'],
  ['pay', 'lapsed'],
  ['deliver', 'returned'],
]);

const canAsk = (stepKind: string): boolean => stepKind !== 'deliver' && stepKind !== 'notify';

/**
 * The decision of a mode, and its delay. 0: in the response. More: by a callback. Undefined: never.
 */
export function planOf(
  { mode, delayMs }: Behaviour,
  stepKind: string,
  round: number,
  requestId: string,
): { decision: Decision['decision']; afterMs: number | undefined } {
  const officerMs = OFFICER_MS.least + drawShare(requestId) * (OFFICER_MS.most - OFFICER_MS.least);
  switch (mode) {
    case 'decide':
    case 'slow':
    case 'lost-reply':
      return { decision: 'approved', afterMs: 0 };
    case 'refuse': {
      const decision = NEGATIVES.get(stepKind);
      // This kind has no negative answer: an officer has to look at it.
      return decision ? { decision, afterMs: delayMs ?? 0 } : { decision: 'approved', afterMs: undefined };
    }
    case 'supplement':
      return { decision: round === 1 && canAsk(stepKind) ? 'supplement' : 'approved', afterMs: delayMs ?? 0 };
    case 'callback':
    case 'duplicate':
      return { decision: 'approved', afterMs: Math.max(delayMs ?? officerMs, 1) };
    case 'hold':
      return { decision: 'approved', afterMs: undefined };
    default: {
      const bySystem = stepKind === 'verify' || drawShare(`${requestId} at once`) < AT_ONCE;
      return { decision: 'approved', afterMs: bySystem ? 0 : (delayMs ?? officerMs) };
    }
  }
}
