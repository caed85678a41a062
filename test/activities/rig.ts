import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { Agent } from 'undici';
import { inject } from 'vitest';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createProjectionActivities } from '../../activities/projection.ts';
import { createStepActivities } from '../../activities/steps.ts';
import { createAgencyClient } from '../../agencies/client.ts';
import { formatRequestId } from '../../agencies/contract.ts';
import { findAgency, listAgencies } from '../../db/agencies/agencies.ts';
import { findMatter } from '../../db/registry/matters.ts';
import { countCalls } from '../../exchange/counting-client.ts';
import type { StepCall } from '../../exchange/step-call.ts';
import type { UndoClass } from '../../domain/case/plan.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { CLOSED, type Breaker } from '../../domain/agency/breaker.ts';
import { cacheCalendars } from '../../runtime/reference-data.ts';
import { createAgencyHealth } from '../../worker/agency-health.ts';
import { install } from '../support/product.ts';

/** A request as it left this process. */
interface SentRequest {
  path: string;
  body: string;
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/**
 * The activities as the worker makes them, on an installation without a worker, with a clock that
 * only a test moves.
 */
export const createRig = async () => {
  const installation = await install(inject('servers'));
  const { db, cipher, platform } = installation;
  const calendars = cacheCalendars(db, Date.now);
  const now = Date.now();
  const sent: SentRequest[] = [];
  const agent = new Agent();
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    sent.push({ path: options.path, body: options.body instanceof Buffer ? options.body.toString() : '' });
    return dispatch(options, handler);
  });
  const client = createAgencyClient({ dispatcher });

  return {
    ...installation,
    now,
    calendars,
    /** A step in its first round, as its case orders it now. */
    firstCall: (caseId: string, stepId: string, agency: string): StepCall => {
      const { code, version } = installation.matter();
      return { caseId, matter: { code, version }, stepId, agency, round: 1, at: Date.now() };
    },
    /** What left, to an address that ends so. */
    sentTo: (path: string) => sent.filter((request) => request.path.endsWith(path)),
    sentAbout: (call: StepCall) => sent.filter(({ body }) => body.includes(formatRequestId(call))),
    /**
     * As one worker process has them: health is its own. `tell` stands for what all workers make of
     * the calls.
     */
    activities: (clock = () => now, tell: () => Breaker = () => CLOSED) => {
      const health = createAgencyHealth({ now: clock, tell: () => Promise.resolve(tell()), onError: fail });
      return runInEnvironment(
        createActivities({
          db,
          cipher,
          client: countCalls(client, health),
          health: health.of,
          agency: async (id) => (await findAgency(db, cipher, id))!,
          agencies: async () => new Map((await listAgencies(db, cipher)).map((agency) => [agency.id, agency])),
          matter: async (code, version) => (await findMatter(db, code, version))!.matter,
          calendars,
          publicUrl: platform.url,
          now: clock,
        }),
      );
    },
    /** The messages that are kept of a case, newest last. */
    inbox: async (caseId: string) => {
      const { rows } = await db.query<{ messageId: string; source: string; outcome: unknown }>(
        `select message_id as "messageId", source, outcome from inbox where case_id = $1 order by received_at`,
        [caseId],
      );
      return rows;
    },
    close: async () => {
      await agent.close();
      await installation.close();
    },
  };
};

const fail = (error: unknown): never => {
  throw error;
};

/** Failures are what these tests are about. */
const QUIET = new DefaultLogger('ERROR');

/** The activities, without the instant that is put to every answer (activities/index.ts). */
const createActivities = (deps: Dependencies) => ({
  ...createStepActivities(deps),
  ...createProjectionActivities(deps),
});

/** The activities, each to be run as a worker does, in its nth attempt. */
const runInEnvironment = (made: ReturnType<typeof createActivities>) => {
  const run = <Call, Answer>(activity: (call: Call) => Promise<Answer>, call: Call, attempt = 1): Promise<Answer> =>
    new MockActivityEnvironment({ attempt }, { logger: QUIET }).run(activity, call);
  return {
    trySubmitStep: (call: StepCall) => run((of) => made.trySubmitStep(of), call),
    submitStep: (call: StepCall, attempt?: number) => run((of) => made.submitStep(of), call, attempt),
    undoStep: (call: StepCall & { class: UndoClass }, attempt?: number) =>
      run((of) => made.undoStep(of), call, attempt),
    writeProjection: (changes: CaseChanges, attempt?: number) =>
      run((of) => made.writeProjection(of), changes, attempt),
  };
};
export type RigActivities = ReturnType<typeof runInEnvironment>;

/** The failure with which an attempt ends; one that does not fail is the test's mistake. */
export const failureOf = async (attempt: Promise<unknown>): Promise<ApplicationFailure> => {
  const outcome: unknown = await attempt.catch((error: unknown) => error);
  if (outcome instanceof ApplicationFailure) return outcome;
  throw new Error(`the attempt did not fail: ${JSON.stringify(outcome)}`);
};
