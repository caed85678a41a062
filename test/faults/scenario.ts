import type { Agent } from 'undici';
import type { Random } from '../domain/case/random.ts';
import type { ClientLedger } from './client-ledger.ts';
import type { FrontDoor } from './front-door.ts';
import type { Installation } from './installation.ts';
import type { Intent } from './intents.ts';
import type { Invariant } from './invariants/finding.ts';
import type { Standing } from './standing.ts';

/** The context of a scenario. All random choices come from `random`. */
export interface Stage {
  installation: Installation;
  random: Random;
  seed: number;
  /** Cases. */
  cases: number;
  /** Kills, where the scenario kills. */
  kills: number;
  /** The length of an outage; supervisors must see a long one (I6). */
  outage: 'short' | 'long';
  /** The protection is switched off: the checker must turn red. */
  control: boolean;
  frontDoor: FrontDoor;
  /** The HTTP agent of the clients. */
  agent: Agent;
  ledger: ClientLedger;
  /** The next intent, from one of these samples. */
  intent: (samples: readonly string[]) => Intent;
  /**
   * A client of another API, with the same ledger; `patient`: it waits for `Retry-After`.
   */
  openDoor: (api: () => string, patient?: boolean) => FrontDoor;
}

interface PlayResult {
  /**
   * Counts the faults that certainly happened, at the end. A run without any proves nothing and
   * fails.
   */
  fired: () => number | Promise<number>;
  /** Milliseconds until the killed service was ready again. */
  backMs: number[];
  /** The broken conditions of the scenario itself, beyond the invariants. */
  broken: string[];
  /** The certain stalls, for I6, except those that the cases themselves record. */
  stood?: Standing[];
  /** Measurements, for the reader. */
  figures?: string[];
  /** After the verdict: undoes what a control has broken for good. */
  repair?: () => Promise<void>;
}

export interface Scenario {
  id: `S${number}`;
  name: string;
  /** It damages no process and no connection, so no stall may be listed. */
  harmless?: true;
  /** It compares times, so it runs alone. */
  alone?: true;
  /** Log lines that are allowed in this scenario only. */
  excuses?: RegExp;
  /** Causes the faults while cases run. Throws if it cannot. */
  play: (stage: Stage) => Promise<PlayResult>;
  control: {
    name: string;
    /** The invariant, or the condition of the scenario itself, that must be found broken. */
    breaks: Invariant | 'its own line';
  };
}
