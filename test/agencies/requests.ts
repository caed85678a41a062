import { randomUUID } from 'node:crypto';
import { formatRequestId, type StepRequest } from '../../agencies/contract.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 'test').toString('base64')}`;

/** An invented request; `part` replaces fields. Every call has a new request id. */
export function stepRequest(part: Partial<StepRequest> = {}): StepRequest {
  const step: StepRequest['step'] = part.step ?? {
    id: 'household-registration',
    kind: 'register',
    name: { zh: '落户', en: 'Household registration' },
  };
  const caseId = part.caseId ?? randomUUID();
  const round = part.round ?? 1;
  const requestId = formatRequestId({ caseId, stepId: step.id, round });
  return {
    requestId,
    caseId,
    caseNo: '33990020250101000017',
    matter: { code: 'newborn-registration', version: 1 },
    step,
    round,
    form: { children: [{ name: '示例' }] },
    materials: [
      {
        id: 'birth-certificate',
        name: { zh: '出生医学证明', en: 'Birth certificate' },
        source: 'step',
        reference: 'S000000001',
      },
    ],
    callbackUrl: `http://127.0.0.1:1/agency/v1/tasks/${requestId}/decision`,
    ...part,
  };
}
