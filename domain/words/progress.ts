import type { Procedure, ProcedureLength } from '../case/messages.ts';
import type { Text } from '../matter/schema.ts';
import { DAY_UNIT_WORDS, PROCEDURE_WORDS } from './procedures.ts';

/** Texts about a step on the applicant's page, beside the words of its status. */
export const PROGRESS_WORDS = {
  outage: {
    zh: '部门系统发生故障，恢复后继续办理',
    en: 'The system of the office is unavailable. Processing continues when it is available again',
  },
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
    ? { zh: `因“${cause.zh}”逾期未办，不再办理`, en: `Stopped because “${cause.en}” was not done in time` }
    : { zh: `因“${cause.zh}”未通过，不再办理`, en: `Stopped because “${cause.en}” was not granted` };

/** How a bundle of which only a part was granted ended, in numbers. */
export const partialText = ({ granted, refused, lapsed }: Record<'granted' | 'refused' | 'lapsed', number>): Text => {
  const parts: Text[] = [
    { zh: `${granted}项已办成`, en: `${granted} granted` },
    ...(refused > 0 ? [{ zh: `${refused}项未通过`, en: `${refused} refused` }] : []),
    ...(lapsed > 0 ? [{ zh: `${lapsed}项逾期未办`, en: `${lapsed} not done in time` }] : []),
  ];
  return {
    zh: `已部分办结（${parts.map(({ zh }) => zh).join('，')}）`,
    en: `Partly completed (${parts.map(({ en }) => en).join(', ')})`,
  };
};
