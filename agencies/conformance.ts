import { Agent } from 'undici';
import { CHECKS, type CheckVerdict } from './conformance-checks.ts';
import { listenForCallbacks, type ListenerOptions } from './conformance-listener.ts';
import type { StepRequest } from './contract.ts';
import { createTransport } from './transport.ts';

export interface ConformanceOptions extends ListenerOptions {
  /**
   * A request that the agency can decide automatically in its test system, instead of the built-in
   * one.
   */
  sample?: Pick<StepRequest, 'matter' | 'step' | 'form' | 'materials'>;
  /** The time that the agency may take to call back. */
  waitMs?: number;
  /** Called when a check ends. */
  onResult?: (result: CheckResult) => void;
}

interface CheckResult extends CheckVerdict {
  id: string;
  name: { zh: string; en: string };
  tookMs: number;
}

export interface ConformanceReport {
  url: string;
  startedAt: string;
  /** No check failed; a skipped check has the reason why it does not apply. */
  passed: boolean;
  checks: CheckResult[];
}

const DEFAULT_WAIT_MS = 30_000;

/** Long enough for a small test system, short enough to end the run. */
const TIMEOUT_MS = 10_000;

/** An invented request with invented names. */
const SAMPLE: NonNullable<ConformanceOptions['sample']> = {
  matter: { code: 'conformance', version: 1 },
  step: { id: 'conformance-check', kind: 'approve', name: { zh: '一致性检查', en: 'Conformance check' } },
  form: { applicant: { name: '示例' } },
  materials: [],
};

/**
 * Checks an agency's endpoint against the protocol (docs/agency-protocol.md), one check after the
 * other, with new request ids. Use a test system: the agency decides the requests. The operator
 * gives the address, so it may be private.
 */
export async function runConformance(url: string, options: ConformanceOptions): Promise<ConformanceReport> {
  const { secret, sample = SAMPLE, waitMs = DEFAULT_WAIT_MS, onResult } = options;
  const listener = await listenForCallbacks(options);
  const dispatcher = new Agent();
  const endpoint = { id: 'conformance', baseUrl: url, secrets: [secret], timeoutMs: TIMEOUT_MS, allowPrivate: true };
  const startedAt = new Date().toISOString();
  const checks: CheckResult[] = [];
  try {
    for (const { id, name, run } of CHECKS) {
      const began = Date.now();
      const verdict = await run({
        sample,
        waitMs,
        listener,
        send: (call, { secrets = [secret], clockShiftMs = 0 } = {}) =>
          createTransport({ dispatcher, now: () => Date.now() + clockShiftMs }).send({ ...endpoint, secrets }, call),
      });
      const result = { id, name, ...verdict, tookMs: Date.now() - began };
      checks.push(result);
      onResult?.(result);
    }
  } finally {
    listener.close();
    await dispatcher.close();
  }
  return { url, startedAt, passed: checks.every(({ verdict }) => verdict !== 'failed'), checks };
}

const MARKS = { passed: '✔', failed: '✘', skipped: '–' } as const;
const WORDS = {
  zh: { passed: '符合协议', failed: '不符合协议', count: '项未通过' },
  en: { passed: 'conforms', failed: 'does not conform', count: 'failed' },
} as const;

/** The report as lines of text, one for each check. */
export function formatReport({ url, startedAt, passed, checks }: ConformanceReport, language: 'zh' | 'en'): string {
  const words = WORDS[language];
  const failures = checks.filter(({ verdict }) => verdict === 'failed').length;
  return [
    `${url}  ${startedAt}`,
    ...checks.map(({ verdict, name, id, detail, tookMs }) =>
      [MARKS[verdict], name[language], `(${id}, ${tookMs} ms)`, ...(detail ? [`— ${detail}`] : [])].join(' '),
    ),
    passed ? words.passed : `${words.failed}: ${failures} ${words.count}`,
  ].join('\n');
}
