import type { ResultField } from './schema.ts';

/** The result of every `pay` step that was paid or is exempt; exempt, the amount may be 0. */
export const PAYMENT_FIELDS: readonly ResultField[] = [
  {
    ...{ id: 'amount', name: { zh: '金额（元）', en: 'Amount (yuan)' }, required: true, personal: false },
    ...{ type: 'number', minimum: 0, maximum: 1_000_000_000, decimals: 2 },
  },
  {
    ...{ id: 'paidOn', name: { zh: '缴费（免缴认定）日期', en: 'Day of the payment' }, required: true },
    ...{ personal: false, type: 'text', format: 'date' },
  },
  {
    ...{ id: 'receiptNo', name: { zh: '票据号', en: 'Number of the receipt' }, required: true, personal: false },
    ...{ type: 'text', maxLength: 100 },
  },
];
