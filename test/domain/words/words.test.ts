import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Export } from '../../../contract/exports.ts';
import { CaseSummary } from '../../../contract/cases.ts';
import { ReviewAnswerView } from '../../../contract/review-queue.ts';
import { IncidentView } from '../../../contract/incidents.ts';
import { StepView } from '../../../contract/steps.ts';
import { NoticeView } from '../../../contract/supplements.ts';
import { ActorView, DecisionKind } from '../../../contract/values.ts';
import { WaitingOn } from '../../../contract/waiting.ts';
import { WithdrawalConfirmation, WithdrawalPreview } from '../../../contract/withdrawals.ts';
import { CASE_ACTIONS } from '../../../domain/actions.ts';
import { VERDICTS } from '../../../domain/worklist/verdicts.ts';
import { PAUSE_REASONS } from '../../../domain/deadlines/explain-clock.ts';
import { UNITS } from '../../../domain/deadlines/explain-limit.ts';
import { LIGHTS } from '../../../domain/deadlines/light.ts';
import { PLEDGE_RULES } from '../../../domain/form/pledge.ts';
import { REPORT_PERIOD_RULES } from '../../../domain/reports/period.ts';
import { ABSENCE_RULES } from '../../../domain/worklist/absences.ts';
import { PARTIES } from '../../../domain/reports/time-ledger.ts';
import { Text } from '../../../domain/matter/schema.ts';
import { DUE_KINDS } from '../../../domain/case/dues.ts';
import { ATTENTION_CODES, PROCEDURES, REFUSAL_CODES } from '../../../domain/case/messages.ts';
import { STEP_KINDS, UNDO_CLASSES } from '../../../domain/case/plan.ts';
import { CHANGE_EFFECTS } from '../../../domain/case/preview.ts';
import { CASE_STATUSES, CLOSINGS, STEP_STATUSES } from '../../../domain/case/status.ts';
import { ERRORS } from '../../../domain/errors.ts';
import { BULK_STATUSES, BULK_VERBS, ITEM_STATES } from '../../../domain/supervision/bulk.ts';
import { ORDER_ACTIONS, ORDER_GROUNDS, ORDER_STATUSES } from '../../../domain/supervision/orders.ts';
import { NEXT_ACTIONS, WAIT_DETAILS, WAITING_CAUSES } from '../../../domain/waiting/causes.ts';
import * as actions from '../../../domain/words/actions.ts';
import { ATTENTION_WORDS } from '../../../domain/words/attention.ts';
import { BULK_ITEM_WORDS, BULK_STATUS_WORDS } from '../../../domain/words/bulk.ts';
import * as cases from '../../../domain/words/case-statuses.ts';
import { CHANNEL_WORDS } from '../../../domain/words/channels.ts';
import { UNIT_WORDS } from '../../../domain/words/days.ts';
import { LAST_DAY_STATES } from '../../../domain/deadlines/last-day-state.ts';
import { LAST_DAY_STATE_WORDS } from '../../../domain/words/last-day.ts';
import { DECISION_WORDS } from '../../../domain/words/decisions.ts';
import * as effects from '../../../domain/words/effects.ts';
import { INCIDENT_STATE_WORDS, INCIDENT_WHY_WORDS } from '../../../domain/words/incidents.ts';
import { ANSWER_SOURCE_WORDS, KEPT_ANSWER_WORDS } from '../../../domain/words/kept-answers.ts';
import { LIGHT_WORDS } from '../../../domain/words/lights.ts';
import { ORDER_GROUND_WORDS, ORDER_STATUS_WORDS } from '../../../domain/words/orders.ts';
import { EXPORT_SUBJECT_WORDS } from '../../../domain/words/exports.ts';
import * as rules from '../../../domain/words/request-rules.ts';
import { PARTY_WORDS, PAUSE_WORDS } from '../../../domain/words/pauses.ts';
import { PROCEDURE_WORDS } from '../../../domain/words/procedures.ts';
import { SYSTEM_ACTORS } from '../../../domain/case/system-actors.ts';
import { SYSTEM_ACTOR_WORDS } from '../../../domain/words/system-actors.ts';
import { ROLE_WORDS } from '../../../domain/words/roles.ts';
import { STEP_KIND_WORDS, UNDO_CLASS_WORDS } from '../../../domain/words/step-kinds.ts';
import * as steps from '../../../domain/words/step-statuses.ts';
import { NOTICE_STATUS_WORDS } from '../../../domain/words/supplements.ts';
import * as waits from '../../../domain/words/wait-causes.ts';

/** Each table of words, with the codes that need words. */
const FAMILIES: readonly (readonly [table: Record<string, Text>, codes: readonly string[]])[] = [
  [cases.CASE_STATUS_WORDS, CASE_STATUSES],
  [cases.CASE_STATUS_FOR_APPLICANT, CASE_STATUSES],
  [cases.CLOSING_WORDS, CLOSINGS],
  [steps.STEP_STATUS_WORDS, STEP_STATUSES],
  [steps.STEP_STATUS_FOR_APPLICANT, STEP_STATUSES],
  [steps.APPLICANT_STATE_WORDS, steps.APPLICANT_STATES],
  [LIGHT_WORDS, LIGHTS],
  [ATTENTION_WORDS, ATTENTION_CODES],
  [waits.WAIT_CAUSE_WORDS, WAITING_CAUSES],
  [waits.WAIT_DETAIL_WORDS, WAIT_DETAILS],
  [waits.TURN_WORDS, WaitingOn.options],
  [waits.DUE_WORDS, DUE_KINDS],
  [waits.NEXT_ACTION_WORDS, [...NEXT_ACTIONS, ...DUE_KINDS]],
  [waits.DEFERRED_BY_WORDS, ['gap', 'supplement', 'pledge']],
  [actions.CASE_ACTION_WORDS, CASE_ACTIONS],
  [actions.STEP_ACTION_WORDS, StepView.shape.actions.element.shape.action.options],
  [actions.ORDER_ACTION_WORDS, ORDER_ACTIONS],
  [actions.BULK_VERB_WORDS, BULK_VERBS],
  [actions.VERDICT_WORDS, VERDICTS],
  [BULK_STATUS_WORDS, BULK_STATUSES],
  [BULK_ITEM_WORDS, ITEM_STATES],
  [CHANNEL_WORDS, CaseSummary.shape.channel.options],
  [UNIT_WORDS, [...UNITS, 'month']],
  [LAST_DAY_STATE_WORDS, LAST_DAY_STATES],
  [DECISION_WORDS, DecisionKind.options],
  [effects.CHANGE_EFFECT_WORDS, CHANGE_EFFECTS],
  [effects.CLOSING_EFFECT_WORDS, WithdrawalPreview.shape.steps.element.shape.effect.options],
  [effects.WITHDRAWAL_OUTCOME_WORDS, WithdrawalConfirmation.shape.steps.element.shape.outcome.options],
  [INCIDENT_STATE_WORDS, IncidentView.shape.state.options],
  [INCIDENT_WHY_WORDS, IncidentView.shape.why.options],
  [KEPT_ANSWER_WORDS, ReviewAnswerView.shape.state.options],
  [ANSWER_SOURCE_WORDS, ReviewAnswerView.shape.source.options],
  [ORDER_STATUS_WORDS, ORDER_STATUSES],
  [ORDER_GROUND_WORDS, ORDER_GROUNDS],
  [PAUSE_WORDS, PAUSE_REASONS],
  [PARTY_WORDS, PARTIES],
  [PROCEDURE_WORDS, PROCEDURES],
  [SYSTEM_ACTOR_WORDS, SYSTEM_ACTORS],
  [ROLE_WORDS, ActorView.shape.role.options],
  [STEP_KIND_WORDS, STEP_KINDS],
  [UNDO_CLASS_WORDS, UNDO_CLASSES],
  [NOTICE_STATUS_WORDS, NoticeView.shape.status.options],
  [rules.PLEDGE_RULE_WORDS, PLEDGE_RULES],
  [rules.ABSENCE_RULE_WORDS, ABSENCE_RULES],
  [rules.REPORT_PERIOD_RULE_WORDS, REPORT_PERIOD_RULES],
  [EXPORT_SUBJECT_WORDS, Export.options.map(({ shape }) => shape.subject.value)],
];

/**
 * Every exported table of the folder, by file and name, so that the test includes new tables.
 */
const tables = async (): Promise<(readonly [string, Record<string, Text>])[]> => {
  const folder = new URL('../../../domain/words/', import.meta.url);
  const files = await readdir(folder);
  const found = await Promise.all(
    files.map(async (file) => {
      const exported = (await import(new URL(file, folder).href)) as Record<string, unknown>;
      return Object.entries(exported)
        .filter(([name]) => /_WORDS$|_FOR_APPLICANT$/.test(name))
        .map(([name, table]) => [`${file} ${name}`, table as Record<string, Text>] as const);
    }),
  );
  return found.flat();
};

const CJK = /[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]/u;

/** Chinese is Chinese, English is English, neither is empty. */
const expectBothLanguages = (text: Text, capital: boolean): void => {
  expect(Text.parse(text)).toEqual(text);
  expect(text.zh).toMatch(/\p{Script=Han}/u);
  expect(text.zh.trim()).toBe(text.zh);
  expect(text.en).not.toMatch(CJK);
  expect(text.en).toMatch(capital ? /^\p{Lu}.*[^.\s]$/u : /\p{Ll}/u);
};

describe('words of codes', () => {
  it('exist for every code, and for no other', () => {
    for (const [table, codes] of FAMILIES) expect(Object.keys(table).sort()).toEqual([...codes].sort());
  });

  it('are Chinese and English, labels with a capital and without a full stop', async () => {
    const all = await tables();
    expect(all.length).toBeGreaterThan(FAMILIES.length);
    for (const [name, table] of all) {
      expect(Object.keys(table).length, name).toBeGreaterThan(1);
      // A unit follows a number.
      for (const text of Object.values(table)) expectBothLanguages(text, !name.endsWith('UNIT_WORDS'));
    }
  });
});

describe('errors', () => {
  it('have words in Chinese and English, and a matching status', () => {
    for (const { status, message } of Object.values(ERRORS)) {
      expectBothLanguages(message, true);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('have no code that no response can have', () => {
    const codes = Object.keys(ERRORS);
    // A refusal can also be why a step needs a person.
    const attention = ATTENTION_CODES.filter((code) => !REFUSAL_CODES.some((refusal) => refusal === code));
    expect(codes.filter((code) => attention.some((other) => other === code))).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining([...REFUSAL_CODES]));
  });
});
