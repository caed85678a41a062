import type { Scenario } from './scenario.ts';
import { agencyMoody } from './scenarios/agency-moody.ts';
import { agencyDown } from './scenarios/agency-down.ts';
import { apiCut } from './scenarios/api-cut.ts';
import { callbacksShuffled } from './scenarios/callbacks-shuffled.ts';
import { clockOff } from './scenarios/clock-off.ts';
import { newVersions } from './scenarios/new-versions.ts';
import { officersAtOnce } from './scenarios/officers-at-once.ts';
import { overload } from './scenarios/overload.ts';
import { poisonCases } from './scenarios/poison-cases.ts';
import { postgresStopped } from './scenarios/postgres-stopped.ts';
import { replyLost } from './scenarios/reply-lost.ts';
import { sameKey } from './scenarios/same-key.ts';
import { temporalCut } from './scenarios/temporal-cut.ts';
import { temporalKilled } from './scenarios/temporal-killed.ts';
import { workerFrozen } from './scenarios/worker-frozen.ts';
import { workerKilled } from './scenarios/worker-killed.ts';

/** In the order of execution: scenarios without lasting effects come first. */
export const SCENARIOS: readonly Scenario[] = [
  sameKey,
  replyLost,
  callbacksShuffled,
  officersAtOnce,
  agencyMoody,
  agencyDown,
  poisonCases,
  newVersions,
  clockOff,
  overload,
  workerKilled,
  temporalKilled,
  temporalCut,
  postgresStopped,
  workerFrozen,
  apiCut,
];
