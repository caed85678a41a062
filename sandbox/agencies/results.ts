import type { Decision } from '../../agencies/contract.ts';

/**
 * The results of an approval: invented numbers in the usual format, unique because `serial` only
 * rises per agency.
 */
export function resultOf(agency: string, stepKind: string, serial: number, at: Date): NonNullable<Decision['result']> {
  const year = at.getUTCFullYear();
  const day = at.toISOString().slice(0, 10).replaceAll('-', '');
  const formatSerial = (digits: number) => String(serial).padStart(digits, '0');
  switch (stepKind) {
    case 'verify':
    case 'notify':
    case 'consult':
    case 'review':
    case 'instant':
      return { referenceNo: `${day}${formatSerial(6)}` };
    case 'pay':
      return { taxReceiptNo: `33${year}${formatSerial(14)}` };
    case 'deliver':
      return { waybillNo: `EM${formatSerial(9)}CN` };
    default:
      return { certificateNo: certificateNo(agency, formatSerial, year, day) };
  }
}

function certificateNo(agency: string, number: (digits: number) => string, year: number, day: string): string {
  switch (agency) {
    case 'hospital':
      return `S${number(9)}`;
    case 'real-estate':
      return `浙（${year}）示例市不动产权第${number(7)}号`;
    default:
      return `${agency.slice(0, 2).toUpperCase()}339900${day}${number(6)}`;
  }
}

export const REFUSAL_REASON = '不符合办理条件（沙箱示例） The conditions are not met (sandbox example)';

export const SUPPLEMENTS: NonNullable<Decision['supplements']> = [
  {
    material: 'proof-of-address',
    reason: '材料不清晰，请重新提交（沙箱示例） The document cannot be read (sandbox example)',
    acceptable: '清晰的扫描件或原件照片 A clear scan or photograph of the original',
  },
];
