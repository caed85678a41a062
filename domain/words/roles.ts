import type { Text } from '../matter/schema.ts';
import type { Actor } from '../case/messages.ts';

/** Who acted. */
export const ROLE_WORDS = {
  agency: { zh: '部门系统', en: 'Agency' },
  officer: { zh: '经办人', en: 'Officer' },
  clerk: { zh: '窗口人员', en: 'Clerk' },
  supervisor: { zh: '监督员', en: 'Supervisor' },
  admin: { zh: '管理员', en: 'Administrator' },
  applicant: { zh: '申请人', en: 'Applicant' },
  system: { zh: '本系统', en: 'System' },
} as const satisfies Record<Actor['role'], Text>;
