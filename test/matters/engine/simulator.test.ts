import { describe, expect, it } from 'vitest';
import { DUE_KINDS, dues } from '../../../matters/engine/dues.ts';
import type { LedgerEntry } from '../../../matters/engine/ledger.ts';
import { REFUSAL_CODES } from '../../../matters/engine/messages.ts';
import { CASE_STATUSES, isCaseEnd } from '../../../matters/engine/status.ts';
import { PROPERTIES } from './properties.ts';
import { simulate } from './simulator.ts';

/** SEED replays one schedule; without it a fresh range is drawn, so that every run of the suite explores. */
const REPLAY = process.env['SEED'];
const FIRST = REPLAY === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(REPLAY);
const SCHEDULES = REPLAY === undefined ? 10_000 : 1;

describe(`the engine under ${SCHEDULES} hostile schedules from seed ${FIRST}`, () => {
  it('keeps every property', { timeout: 600_000 }, () => {
    for (let seed = FIRST; seed < FIRST + SCHEDULES; seed += 1) {
      const run = simulate(seed);
      for (const [property, judge] of Object.entries(PROPERTIES)) {
        const found = judge(run);
        if (found) expect.fail(`${property}: ${found} (replay with SEED=${seed})`);
      }
    }
  });

  it(
    'reaches every kind of entry, end, refusal and due, so that the properties are about something',
    { timeout: 600_000 },
    () => {
      const found = {
        entries: new Set<string>(),
        ends: new Set<string>(),
        refusals: new Set<string>(),
        dues: new Set<string>(),
      };
      for (let seed = 1; seed <= 3_000; seed += 1) {
        const run = simulate(seed);
        run.entries.flat().forEach((entry) => {
          found.entries.add(entry.kind);
          if (entry.kind === 'message-refused') found.refusals.add(entry.code);
          if (entry.kind === 'case-ended') found.ends.add(entry.status);
        });
        run.states.forEach((state) => dues(state).forEach(({ kind }) => found.dues.add(kind)));
      }
      // What the front door writes is not the engine's.
      expect([...found.entries, 'case-submitted'].sort()).toEqual(Object.keys(ENTRIES).sort());
      expect([...found.ends].sort()).toEqual(CASE_STATUSES.filter(isCaseEnd).sort());
      expect([...found.refusals].sort()).toEqual([...REFUSAL_CODES].sort());
      expect([...found.dues].sort()).toEqual([...DUE_KINDS].sort());
    },
  );
});

/** Every kind there is: one that is added to the ledger and not here does not compile. */
const ENTRIES: Record<LedgerEntry['kind'], true> = {
  'case-submitted': true,
  'case-accepted': true,
  'case-deemed-accepted': true,
  'case-closing': true,
  'case-reopened': true,
  'case-ended': true,
  'step-submitted': true,
  'step-held': true,
  'step-accepted': true,
  'step-decided': true,
  'parcel-returned': true,
  'step-attention': true,
  'step-parked': true,
  'step-released': true,
  'step-resent': true,
  'step-urged': true,
  'step-extended': true,
  'step-suspended': true,
  'step-resumed': true,
  'step-reassigned': true,
  'step-redone': true,
  'step-redriven': true,
  'step-in-doubt': true,
  'step-kept': true,
  'step-blocked': true,
  'step-stopped': true,
  'supplement-wanted': true,
  'supplement-requested': true,
  'supplement-notified': true,
  'supplement-reminded': true,
  'supplement-answered': true,
  'supplement-lapsed': true,
  'gap-filled': true,
  'pledge-expired': true,
  'parcel-split': true,
  'values-corrected': true,
  'calendar-changed': true,
  'undo-started': true,
  'undo-retried': true,
  'step-undone': true,
  'undo-settled': true,
  'message-refused': true,
};
