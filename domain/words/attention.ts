import type { Text } from '../matter/schema.ts';
import type { AttentionCode } from '../case/messages.ts';

/** Why a step waits for a person. No request is answered with these codes. */
export const ATTENTION_WORDS = {
  AGENCY_REJECTED: { zh: '部门系统退回：报送内容不符合要求', en: 'The agency rejected the data that it was sent' },
  AGENCY_SETUP: { zh: '与部门系统的对接配置有误', en: 'The connection to the agency is not configured correctly' },
  AGENCY_UNREADABLE: { zh: '无法识别部门系统的答复', en: 'The answer of the agency cannot be read' },
  REASON_MISSING: {
    zh: '部门不予许可但未说明理由或依据',
    en: 'The agency refused without giving a reason or the legal basis of its ground',
  },
  RESULT_INVALID: {
    zh: '部门准予的结果缺少必填项或内容有误',
    en: 'The agency approved, and its result misses a required field or has a wrong value',
  },
  DECISION_NOT_OF_KIND: {
    zh: '部门的答复不适用于该类环节，请人工核实后办理',
    en: 'The agency gave a decision that this kind of step cannot get. A person must decide',
  },
  DECISION_BY_PERSON: {
    zh: '系统不得自行作出不予决定，须由部门工作人员决定',
    en: 'A system cannot decide this. An officer of the agency must decide',
  },
  RECORD_MISSED: {
    zh: '查无记录，请核对原件后确认，或要求补正',
    en: 'The register has no such record. Check the papers and confirm, or request a supplement',
  },
  RULES_NOT_MET: {
    zh: '不符合秒办规则，须由部门工作人员决定',
    en: 'The rules of the instant approval do not hold. An officer of the agency must decide',
  },
  STEP_FAULT: { zh: '本系统处理该环节时发生故障', en: 'Our system failed to process the step' },
  CORRECTION_BY_PERSON: {
    zh: '所用信息已更正，须人工决定保留原结果或重新办理',
    en: 'A value that the step used was corrected. A person must decide whether the result stands',
  },
  PARCEL_RETURNED: {
    zh: '邮件被退回，请核对收件地址后重新寄送',
    en: 'The parcel was returned. Check the address and send it again',
  },
  UNDO_REJECTED: { zh: '部门不同意撤销', en: 'The agency refused to undo the step' },
  UNDO_BY_PERSON: { zh: '该环节的撤销须由人工决定', en: 'A person must decide how to undo the step' },
} as const satisfies Record<AttentionCode, Text>;
