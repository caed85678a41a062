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
      return {};
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

/** What an agency asks for: something of the request. */
export interface Asked {
  material?: string | undefined;
  field?: string | undefined;
}

/** The first material of a request, else its first value; an empty request has nothing to name. */
export const chooseAsked = (form: Record<string, unknown>, materials: readonly { id: string }[]): Asked => {
  const [material] = materials;
  if (material) return { material: material.id };
  const field = findFirstValue(form, '');
  return field === undefined ? {} : { field };
};

const findFirstValue = (group: Record<string, unknown>, prefix: string): string | undefined => {
  for (const [key, value] of Object.entries(group)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${prefix}${key}`;
    const inside = findFirstValue({ ...value }, `${prefix}${key}.`);
    if (inside !== undefined) return inside;
  }
  return undefined;
};

export const supplementsOf = (asked: Asked): NonNullable<Decision['supplements']> => [
  {
    ...asked,
    reason: '材料不清晰，请重新提交（沙箱示例） The document cannot be read (sandbox example)',
    acceptable: '清晰的扫描件或原件照片 A clear scan or photograph of the original',
  },
];
