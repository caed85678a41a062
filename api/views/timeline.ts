import { z } from 'zod';
import type { LedgerRow } from '../../db/ledger.ts';
import type { LedgerEntry } from '../../matters/engine/ledger.ts';
import type { Matter, Text } from '../../matters/definition/schema.ts';
import type { TimelineEntry } from '../../contract/ledger.ts';
import { Evidence } from '../../contract/step-commands.ts';
import { By } from '../../contract/values.ts';
import { stepName } from './names.ts';
import { iso } from './instants.ts';

/** What a message's body says of why it was sent. */
const Why = z.object({ reason: z.string().optional(), evidence: z.array(Evidence).optional() });

/** An entry of the ledger for people; `read` gives the body of its message, or nothing where the caller may not read it. */
export const timelineEntry = (
  { seq, entry }: LedgerRow,
  matter: Matter,
  read: (messageId: string, stepId: string | undefined) => unknown,
): TimelineEntry => {
  const { at, kind, ...rest } = entry;
  const { by, stepId, messageId, ...details } = Parts.parse(rest);
  const why = messageId === undefined ? undefined : Why.safeParse(read(messageId, stepId)).data;
  return {
    seq,
    at: iso(at),
    kind,
    what: WHAT[kind],
    ...(stepId !== undefined && { step: { id: stepId, name: stepName(matter, stepId) } }),
    ...(by && { by }),
    ...why,
    details,
  };
};

/** What entries of several kinds have, and the rest of each. */
const Parts = z.looseObject({
  by: By.optional(),
  stepId: z.string().optional(),
  messageId: z.string().optional(),
});

const WHAT: Record<LedgerEntry['kind'], Text> = {
  'case-submitted': { zh: '收件', en: 'Handed in' },
  'case-accepted': { zh: '受理', en: 'Accepted' },
  'case-deemed-accepted': {
    zh: '逾期未告知，视为受理',
    en: 'Deemed accepted: nobody said in time that something was missing',
  },
  'case-closing': { zh: '开始撤回、退件或终止', en: 'Being withdrawn, returned or terminated' },
  'case-reopened': { zh: '重新办理', en: 'Taken up again' },
  'case-ended': { zh: '办结', en: 'Ended' },
  'step-submitted': { zh: '发送部门', en: 'Sent to the agency' },
  'step-held': { zh: '暂缓发送', en: 'Held back' },
  'step-accepted': { zh: '部门已接收', en: 'The agency has it' },
  'step-decided': { zh: '部门已决定', en: 'Decided' },
  'parcel-returned': { zh: '邮件退回', en: 'The parcel came back' },
  'step-attention': { zh: '待人工处理', en: 'A person has to act' },
  'step-parked': { zh: '部门故障，暂缓发送', en: 'The agency is down: waits' },
  'step-released': { zh: '部门恢复，继续发送', en: 'The agency is back: goes on' },
  'step-resent': { zh: '重新发送', en: 'Sent again' },
  'step-urged': { zh: '催办', en: 'Urged' },
  'step-extended': { zh: '延长期限', en: 'Limit extended' },
  'step-suspended': { zh: '特别程序开始，停表', en: 'Suspended: the clock stands still' },
  'step-resumed': { zh: '特别程序结束，恢复计时', en: 'Resumed: the clock runs again' },
  'step-reassigned': { zh: '转派', en: 'Reassigned' },
  'step-redone': { zh: '重办', en: 'Done again' },
  'step-redriven': { zh: '信息更正后重新办理', en: 'Sent again after a correction' },
  'step-in-doubt': { zh: '信息已更正，结果待人工决定', en: 'A value was corrected: the result is in doubt' },
  'step-kept': { zh: '保留原结果', en: 'The result is kept' },
  'step-blocked': { zh: '前置环节未通过', en: 'Blocked by a step before it' },
  'step-stopped': { zh: '停止办理', en: 'Stopped' },
  'supplement-wanted': { zh: '部门要求补正', en: 'The agency asks for a supplement' },
  'supplement-requested': { zh: '窗口要求补正', en: 'The window asks for a supplement' },
  'supplement-notified': { zh: '一次性告知补正', en: 'The applicant is told all that is missing' },
  'supplement-reminded': { zh: '补正提醒', en: 'The applicant is reminded' },
  'supplement-answered': { zh: '补正已提交', en: 'The supplement is answered' },
  'supplement-lapsed': { zh: '补正逾期', en: 'The supplement was not answered in time' },
  'gap-filled': { zh: '容缺材料补齐', en: 'A pledged material came in' },
  'pledge-expired': { zh: '容缺承诺到期', en: 'The pledge has expired' },
  'parcel-split': { zh: '证照分批寄送', en: 'The parcel is split' },
  'values-corrected': { zh: '信息更正', en: 'Values corrected' },
  'calendar-changed': { zh: '工作日历更新', en: 'The calendar changed' },
  'undo-started': { zh: '开始撤回环节', en: 'Being taken back' },
  'undo-retried': { zh: '再次要求撤回环节', en: 'The agency is asked again to take it back' },
  'step-undone': { zh: '环节已撤回', en: 'Taken back' },
  'undo-settled': { zh: '撤回由人工确认', en: 'A person said how taking back ended' },
  'message-refused': { zh: '未予采纳', en: 'Refused' },
};
