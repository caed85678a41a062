import type { Agent } from 'undici';
import type { Random } from '../domain/case/random.ts';
import type { ClientLedger } from './client-ledger.ts';
import type { FrontDoor } from './front-door.ts';
import type { Installation } from './installation.ts';
import type { Intent } from './intents.ts';
import type { Invariant } from './invariants/finding.ts';
import type { Standing } from './standing.ts';

/** What a scenario has at hand; everything that is left to chance comes from `random`. */
export interface Stage {
  installation: Installation;
  random: Random;
  seed: number;
  /** Cases. */
  cases: number;
  /** Kills, where the scenario kills. */
  kills: number;
  /** How long what is away stays away; a long outage is one that supervisors must see (I6). */
  outage: 'short' | 'long';
  /** The protection is switched off: the checker must turn red. */
  control: boolean;
  frontDoor: FrontDoor;
  /** What the front doors go through. */
  agent: Agent;
  ledger: ClientLedger;
  /** The next person's wish, of one of these samples. */
  intent: (samples: readonly string[]) => Intent;
  /**
   * A front door of another API, with the same ledger; `patient`: its clients come again when they
   * are told to.
   */
  doorAt: (api: () => string, patient?: boolean) => FrontDoor;
}

interface Played {
  /**
   * Counts, when all is over, the faults that certainly happened. None: the run proves nothing, and
   * fails.
   */
  fired: () => number | Promise<number>;
  /** How long what was killed took to serve again, milliseconds. */
  backMs: number[];
  /** What the scenario itself asks for beyond the invariants, and did not get. */
  broken: string[];
  /** What certainly stood still, for I6; what the cases' own records tell of need not be said. */
  stood?: Standing[];
  /** What was measured, for the reader. */
  figures?: string[];
  /** After the verdict: undoes what a control has broken for good. */
  mend?: () => Promise<void>;
}

export interface Scenario {
  id: `S${number}`;
  name: string;
  /** It harms no process and no connection: nothing stands still, so no stall may be seen. */
  harmless?: true;
  /** It compares times of its own: nothing is played beside it. */
  alone?: true;
  /** What its processes may log, although none may otherwise. */
  excuses?: RegExp;
  /** Does the harm while cases run. Throws when it could not be done. */
  play: (stage: Stage) => Promise<Played>;
  control: {
    name: string;
    /** Which invariant must be found broken; or what the scenario itself asks for beyond them. */
    breaks: Invariant | 'its own line';
  };
}
