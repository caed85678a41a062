import { randomUUID } from 'node:crypto';
import type { CaseView, SubmittedCase } from '../../contract/cases.ts';
import type { StepView } from '../../contract/steps.ts';
import type { DecisionKind } from '../../domain/case/messages.ts';
import { createInventor } from '../../domain/form/invented.ts';
import { readSample } from '../../sandbox/samples.ts';
import { build } from '../support/build.ts';
import { makeSignedCall } from '../support/sign.ts';
import { install, type Installation } from '../faults/installation.ts';
import { until } from '../faults/until.ts';

const WITHIN_MS = 60_000;

export interface Decision {
  decision: DecisionKind;
  reason?: string;
  supplements?: { material: string; reason: string }[];
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Somebody at the counter of the whole product, who can ask what people there can ask. */
export interface Window {
  installation: Installation;
  call: (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>;
  /** A signed call of an agency's system. */
  agency: (agency: string, path: string, body: unknown) => Promise<Answer>;
  /** An officer of an agency decides a step in its first round, or in `round`. */
  officer: (agency: string, caseId: string, stepId: string, decision: Decision, round?: number) => Promise<Answer>;
  /** The case as the officers of an agency see it. */
  seenBy: (agency: string, caseId: string) => Promise<CaseView>;
  start: (sample: string, change?: (request: Record<string, unknown>) => void) => Promise<SubmittedCase>;
  view: (caseId: string) => Promise<CaseView>;
  /** The case when `reached` holds of it. */
  when: (caseId: string, what: string, reached: (view: CaseView) => boolean) => Promise<CaseView>;
  act: (caseId: string, path: string, body: Record<string, unknown>) => Promise<Answer>;
  /** Lets time pass until an instant that the case waits for. */
  passTo: (caseId: string, due: string) => Promise<void>;
  close: () => Promise<void>;
}

export const openWindow = async (): Promise<Window> => {
  await build();
  const installation = await install();
  const { api, tokens, agencies } = installation.sandbox();
  // Far from those whom the sandbox invents for its own sample cases.
  const invent = createInventor(500_000);

  const send = async (method: string, path: string, headers: Record<string, string>, raw?: string): Promise<Answer> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { ...headers, ...(raw !== undefined && { 'content-type': 'application/json' }) },
      ...(raw !== undefined && { body: raw }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const call: Window['call'] = (method, path, body, token = tokens.clerk) =>
    send(
      method,
      path,
      { authorization: `Bearer ${token}`, ...(path === '/api/v1/cases' && { 'idempotency-key': randomUUID() }) },
      body === undefined ? undefined : JSON.stringify(body),
    );
  const view = async (caseId: string) => {
    const { body } = await call('GET', `/api/v1/cases/${caseId}`, undefined, tokens.admin);
    return body as unknown as CaseView;
  };

  return {
    installation,
    call,
    view,
    agency: (agency, path, body) => {
      const { secret } = agencies[agency]!;
      const { raw, headers } = makeSignedCall({ agency, secret, method: 'POST', path, body });
      return send('POST', path, headers, raw.toString());
    },
    officer: (agency, caseId, stepId, decision, round = 1) =>
      call('POST', `/agency/v1/tasks/${caseId}:${stepId}:${round}/decision`, decision, tokens.officer[agency]),
    seenBy: async (agency, caseId) => {
      const { body } = await call('GET', `/api/v1/cases/${caseId}`, undefined, tokens.officer[agency]);
      return body as unknown as CaseView;
    },
    start: async (sample, change = () => undefined) => {
      const { request } = JSON.parse(invent(readSample(sample))) as { request: Record<string, unknown> };
      change(request);
      const { status, body } = await call('POST', '/api/v1/cases', request);
      if (status !== 201) throw new Error(`${sample}: ${status} ${JSON.stringify(body)}`);
      return body as unknown as SubmittedCase;
    },
    when: (caseId, what, reached) =>
      until(what, WITHIN_MS, async () => {
        const now = await view(caseId);
        return reached(now) && now;
      }),
    act: (caseId, path, body) => call('POST', `/api/v1/cases/${caseId}/${path}`, body, tokens.supervisor),
    passTo: async (caseId, due) => {
      await until(`${due} is waited for`, WITHIN_MS, () =>
        installation
          .asOwner('update dues set due_at = now() where case_id = $1 and kind = $2', [caseId, due])
          .then((moved) => moved > 0),
      );
    },
    close: installation.stop,
  };
};

export const stepOf = ({ steps }: CaseView, id: string): StepView => {
  const found = steps.find((step) => step.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};

/** The steps of a case by how they stand, without those that do not apply. */
export const statusesOf = ({ steps }: CaseView): Record<string, string> =>
  Object.fromEntries(steps.filter(({ status }) => status !== 'skipped').map(({ id, status }) => [id, status]));

export const hasEnded = ({ endedAt }: CaseView): boolean => endedAt !== undefined;
