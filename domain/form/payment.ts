import type { Field } from '../matter/schema.ts';
import { isGroup, type Clock } from '../matter/values.ts';
import { readForm } from './form-reading.ts';

/** The result of every `pay` step that was paid or is exempt; exempt, the amount may be 0. */
const PAYMENT_FIELDS = [
  {
    ...{ id: 'amount', name: { zh: '金额（元）', en: 'Amount (yuan)' }, required: true, personal: false },
    ...{ type: 'number', minimum: 0, maximum: 1_000_000_000, decimals: 2 },
  },
  {
    ...{
      id: 'paidOn',
      name: { zh: '缴费（免缴认定）日期', en: 'Day of the payment' },
      required: true,
      personal: false,
    },
    ...{ type: 'text', format: 'date' },
  },
  {
    ...{ id: 'receiptNo', name: { zh: '票据号', en: 'Number of the receipt' }, required: true, personal: false },
    ...{ type: 'text', maxLength: 100 },
  },
] as const satisfies readonly Field[];

/** Whether the result of a decision has the fields of a payment, all valid. Others may be in it. */
export const hasPayment = (result: unknown, clock: Clock): boolean => {
  const given = isGroup(result) ? result : {};
  const declared = PAYMENT_FIELDS.filter(({ id }) => Object.hasOwn(given, id)).map(
    ({ id }) => [id, given[id]] as const,
  );
  const read = readForm(PAYMENT_FIELDS, Object.fromEntries(declared), clock);
  return read.problems.length === 0 && PAYMENT_FIELDS.every(({ id }) => read.given.has(id));
};
