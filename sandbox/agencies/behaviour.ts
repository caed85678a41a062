import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { parseStepId } from '../../domain/case/step-id.ts';
import { PRIVATE_FILE } from '../private-files.ts';

const MODES = [
  'mix',
  'decide',
  'callback',
  'hold',
  'refuse',
  'supplement',
  'reject',
  'slow',
  'down',
  'error',
  'busy',
  'lost-reply',
  'duplicate',
  'garbage',
  'stands',
] as const;

/** The behaviour of an agency. docs/agency-protocol.md describes the modes. */
export const Behaviour = z.strictObject({
  mode: z.enum(MODES).default('mix'),
  delayMs: z.int().nonnegative().max(3_600_000).optional(),
  /** The share of calls that the mode applies to; `MIX` applies to the others. */
  probability: z.number().min(0).max(1).optional(),
  /** The seed decides which calls these are. */
  seed: z.int().default(1),
  /** Only these steps, by the id in the definition or the id of an instance (`household.2`). */
  steps: z.array(z.string()).min(1).optional(),
  /**
   * Negative control: ignores the request id, so that a repeated request has a second effect.
   */
  keyless: z.boolean().default(false),
});
export type Behaviour = z.infer<typeof Behaviour>;

const MIX = Behaviour.parse({});

export interface Behaviours {
  get(agency: string): Behaviour;
  set(agency: string, behaviour: Behaviour): void;
  reset(agency: string): void;
  /** The behaviour that applies to a call; `callId` is its `webhook-id`. */
  meet(agency: string, callId: string): Behaviour;
}

/** Whether the whole agency is down. If it is down for some calls only, those are cut instead. */
export const isShut = ({ mode, probability, steps }: Behaviour): boolean =>
  mode === 'down' && probability === undefined && steps === undefined;

/** Behaviours survive a restart in a small file that is replaced atomically. */
export function openBehaviours(path: string): Behaviours {
  const saved = existsSync(path) ? z.record(z.string(), Behaviour).parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  const behaviours = new Map(Object.entries(saved));
  const attempts = new Map<string, number>();
  const save = () => {
    writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(behaviours), null, 2), { mode: PRIVATE_FILE });
    renameSync(`${path}.new`, path);
  };
  const get = (agency: string) => behaviours.get(agency) ?? MIX;
  return {
    get,
    set(agency, behaviour) {
      behaviours.set(agency, behaviour);
      save();
    },
    reset(agency) {
      behaviours.delete(agency);
      save();
    },
    meet(agency, callId) {
      const behaviour = get(agency);
      if (behaviour.steps && !behaviour.steps.some((step) => isAbout(callId, step))) return MIX;
      if (behaviour.probability === undefined) return behaviour;
      // The attempt is part of the input, so that a repeated call may succeed.
      const attempt = (attempts.get(callId) ?? 0) + 1;
      attempts.set(callId, attempt);
      return drawShare(`${behaviour.seed} ${callId} ${attempt}`) < behaviour.probability ? behaviour : MIX;
    },
  };
}

/** Whether a call (`one-matter:caseId:stepId:round…`) concerns a step or an instance of it. */
const isAbout = (callId: string, step: string): boolean => {
  const [, , stepId = ''] = callId.split(':');
  return stepId === step || parseStepId(stepId)?.definition === step;
};

/** A number in [0, 1), derived from the text. */
export const drawShare = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
