import { parseRequestId } from '../../agencies/contract.ts';
import type { Installation } from './installation.ts';
import { until } from './until.ts';

const WITHIN_MS = 60_000;

/**
 * Waits until an agency has a pending request of each of these cases, and returns all of them.
 */
export const waitForPending = (
  installation: Installation,
  agency: string,
  caseIds: readonly (string | undefined)[],
): Promise<string[]> =>
  until(`${agency} holds its part of ${caseIds.length} cases`, WITHIN_MS, async () => {
    const held = (await installation.held(agency)).map((requestId) => ({
      requestId,
      caseId: parseRequestId(requestId)?.caseId,
    }));
    const reached = new Set(held.map(({ caseId }) => caseId));
    if (!caseIds.every((caseId) => reached.has(caseId))) return false;
    return held.filter(({ caseId }) => caseIds.includes(caseId)).map(({ requestId }) => requestId);
  });
