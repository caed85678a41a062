import { Option } from 'commander';
import { readPair } from './options.ts';
import type { Terminal } from './terminal.ts';

/** What was paid, of a decision about a `pay` step. */
export interface PaymentOptions {
  amount?: number | undefined;
  paidOn?: string | undefined;
  receipt?: string | undefined;
}

export const paymentOptions = ({ t }: Terminal): Option[] => [
  new Option('--amount <yuan>', t('help.payment.amount')).argParser(Number),
  new Option('--paid-on <date>', t('help.payment.paidOn')),
  new Option('--receipt <number>', t('help.payment.receipt')),
];

/** The result of the decision, from its `name=value` pairs and what was paid; the API checks it. */
export const resultOf = (
  terminal: Terminal,
  pairs: readonly string[],
  { amount, paidOn, receipt }: PaymentOptions,
): { result?: Record<string, unknown> } => {
  const given = {
    ...Object.fromEntries(pairs.map((text) => readPair(terminal, text))),
    ...(amount !== undefined && { amount }),
    ...(paidOn !== undefined && { paidOn }),
    ...(receipt !== undefined && { receiptNo: receipt }),
  };
  return Object.keys(given).length > 0 ? { result: given } : {};
};
