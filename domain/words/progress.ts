import type { Procedure, ProcedureLength } from '../case/messages.ts';
import type { StepStatus } from '../case/status.ts';
import type { Text } from '../matter/schema.ts';
import type { Wait } from '../waiting/wait.ts';
import { DAY_UNIT_WORDS, PROCEDURE_WORDS } from './procedures.ts';
import { APPLICANT_STATE_OF_STEP, STEP_STATUS_FOR_APPLICANT, type ApplicantState } from './step-statuses.ts';

/** Texts about a step on the applicant's page, beside the words of its status. */
export const PROGRESS_WORDS = {
  outage: {
    zh: '部门系统维护中，恢复后自动续办，不影响您的办理结果',
    en: 'The system of the office is unavailable. Processing continues by itself and your result is not affected',
  },
  payment: { zh: '待您缴费', en: 'Waiting for your payment' },
  pledge: { zh: '待您补交承诺的材料', en: 'Waiting for the documents that you pledged' },
  gathering: { zh: '正在汇总需要您补正的内容', en: 'The list of what is missing is being completed' },
  'parcel-returned': {
    zh: '邮件被退回，请联系受理窗口核对收件地址',
    en: 'The parcel came back. Please check your address with the service window',
  },
  delivery: { zh: '正在寄递', en: 'On its way to you' },
  'record-missed': {
    zh: '未查到电子记录，工作人员正在核实；您持有相关证件原件的，可到受理窗口出示',
    en: 'No electronic record was found. Our staff are checking. If you have the document, show it at the service window',
  },
  'supplement-missing': {
    zh: '逾期未补正，已停止办理',
    en: 'Stopped because the missing documents were not received in time',
  },
  withdrawn: { zh: '因您撤回申请，已停止办理', en: 'Stopped because you withdrew the application' },
} as const satisfies Record<string, Text>;

/** What an applicant may have to do. */
export const APPLICANT_TASKS = ['supplement', 'pledge', 'payment', 'address'] as const;
export type ApplicantTask = (typeof APPLICANT_TASKS)[number];

export const APPLICANT_TASK_WORDS = {
  supplement: { zh: '请您补正', en: 'Please supply' },
  pledge: { zh: '请您补交承诺的材料', en: 'Please hand in what you pledged' },
  payment: { zh: '请您缴费', en: 'Please pay' },
  address: { zh: '请您核对收件地址', en: 'Please check your address' },
} as const satisfies Record<ApplicantTask, Text>;

/** An item of a notice that names neither a field nor a material of the matter. */
export const OTHER_ITEM = { zh: '其他（见补正告知书）', en: 'Other (see the notice)' } as const satisfies Text;

/** The state and text of an open step that waits. */
interface WaitingText {
  state: ApplicantState;
  text: Text;
}

const YOURS = 'yours' satisfies ApplicantState;

/**
 * What an open step waits for, in the words of the applicant. The party that has to act decides, not
 * the status: a step that waits for a payment is with the agency and needs the applicant.
 * `office`: the name of the agency. `awaited`: the names of the steps that it waits for.
 */
export const waitText = (
  status: StepStatus,
  wait: Pick<Wait, 'cause' | 'detail'> | undefined,
  { office, awaited }: { office: Text; awaited: readonly Text[] },
): WaitingText => {
  const state = APPLICANT_STATE_OF_STEP[status];
  switch (wait?.detail) {
    case 'PAYMENT':
      return { state: YOURS, text: PROGRESS_WORDS.payment };
    case 'GAP':
    case 'PLEDGE':
      return { state: YOURS, text: PROGRESS_WORDS.pledge };
    case 'GATHERING':
      return { state: 'running', text: PROGRESS_WORDS.gathering };
    case 'PARCEL_RETURNED':
      return { state: YOURS, text: PROGRESS_WORDS['parcel-returned'] };
    case 'DELIVERY':
      return { state, text: PROGRESS_WORDS.delivery };
    case 'RECORD_MISSED':
      return { state, text: PROGRESS_WORDS['record-missed'] };
    case 'OUTAGE':
      return { state, text: PROGRESS_WORDS.outage };
    case 'OTHER_STEPS':
      return { state, text: awaited.length > 0 ? awaitedText(awaited) : STEP_STATUS_FOR_APPLICANT[status] };
    default:
      return { state, text: status === 'accepted' ? officeText(office) : STEP_STATUS_FOR_APPLICANT[status] };
  }
};

const officeText = ({ zh, en }: Text): Text => ({ zh: `${zh}正在办理`, en: `${en} is processing it` });

const awaitedText = (awaited: readonly Text[]): Text => ({
  zh: `待${awaited.map(({ zh }) => `“${zh}”`).join('、')}办结后办理`,
  en: `Starts after ${awaited.map(({ en }) => `“${en}”`).join(', ')}`,
});

/** The applicant has a right to know the procedure and its expected length (行政许可法 art. 45). */
export const procedureText = ({
  procedure,
  expectedDays,
  unit = 'working-days',
}: ProcedureLength & { procedure: Procedure }): Text => {
  const days = DAY_UNIT_WORDS[unit];
  const { zh, en } = PROCEDURE_WORDS[procedure];
  return {
    zh: `${zh}，预计${expectedDays}${days.zh}，期间不计入办理时限`,
    en: `${en}: expected to take ${expectedDays} ${days.en}, which do not count towards the time limit`,
  };
};

/** A step that ended because the step `cause` was not granted, or lapsed. */
export const blockedText = (cause: Text, hasLapsed: boolean): Text =>
  hasLapsed
    ? { zh: `因“${cause.zh}”逾期未办，本事项不再办理`, en: `Stopped because “${cause.en}” was not done in time` }
    : { zh: `因“${cause.zh}”未通过，本事项不再办理`, en: `Stopped because “${cause.en}” was not granted` };

/** How a bundle of which only a part was granted ended, in numbers. */
export const partialText = ({ granted, refused, lapsed }: Record<'granted' | 'refused' | 'lapsed', number>): Text => {
  const parts: Text[] = [
    { zh: `${granted}项已办成`, en: `${granted} granted` },
    ...(refused > 0 ? [{ zh: `${refused}项未通过`, en: `${refused} refused` }] : []),
    ...(lapsed > 0 ? [{ zh: `${lapsed}项逾期未办`, en: `${lapsed} not done in time` }] : []),
  ];
  return {
    zh: `部分办结（${parts.map(({ zh }) => zh).join('，')}）`,
    en: `Partly completed (${parts.map(({ en }) => en).join(', ')})`,
  };
};

/** A step whose result was taken back because the step `cause` was not granted. */
export const undoneText = (cause: Text): Text => ({
  zh: `因“${cause.zh}”未通过，不再办理`,
  en: `Taken back because “${cause.en}” was not granted`,
});
