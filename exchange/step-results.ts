import { canonical } from '../db/sql/canonical.ts';
import { readBodiesOf } from '../db/messages/inbox.ts';
import type { Opener, Sealer } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import { isGranted } from '../domain/case/answers.ts';
import type { DecisionKind, Digest, GivenResult, ResultSource } from '../domain/case/messages.ts';
import { readResult } from '../domain/form/result-reading.ts';
import { getStep } from '../domain/matter/compile.ts';
import type { StepResult } from '../domain/matter/results.ts';
import type { Matter, Step } from '../domain/matter/schema.ts';
import { isGroup, type Clock, type Form } from '../domain/matter/values.ts';

/**
 * What a case is told of the result of a decision: the digest of the declared values, or the fields
 * that are missing or wrong. Only an approval has a result.
 */
export const judgeResult = (
  cipher: Sealer,
  { caseId, step }: { caseId: string; step: Step },
  { decision, result }: { decision: DecisionKind; result?: unknown },
  clock: Clock,
): Partial<GivenResult> => {
  if (!isGranted(decision)) return {};
  const { values, problems } = readResult(step, result, clock);
  if (problems.length > 0) return { faultyFields: problems.map(({ path }) => path) };
  return Object.keys(values).length === 0 ? {} : { result: digestOfResult(cipher, caseId, values) };
};

/** Equal results of one case have one digest; another case has another one for the same values. */
const digestOfResult = (cipher: Sealer, caseId: string, values: Form): Digest =>
  cipher
    .hash('result', `${caseId} ${canonical(values)}`)
    .toString('base64url')
    .slice(0, DIGEST_LENGTH);

/** 132 bits. */
const DIGEST_LENGTH = 22;

/** The values of results, from the sealed messages that gave them; none where there is no value. */
export const loadResults = async (
  db: Db,
  opener: Opener,
  { caseId, matter, sources, now }: { caseId: string; matter: Matter; sources: readonly ResultSource[] } & Clock,
): Promise<StepResult[]> => {
  if (sources.length === 0) return [];
  const bodies = await readBodiesOf(
    db,
    opener,
    caseId,
    sources.map(({ messageId }) => messageId),
  );
  return sources.flatMap(({ stepId, messageId }) => {
    const body = bodies.get(messageId);
    const { values } = readResult(getStep(matter, stepId), isGroup(body) ? body['result'] : undefined, { now });
    return Object.keys(values).length === 0 ? [] : [{ stepId, values }];
  });
};
