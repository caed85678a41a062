import { ERRORS } from '../domain/errors.ts';
import type { Text } from '../domain/matter/schema.ts';
import { BULK_VERB_WORDS, CASE_ACTION_WORDS, ORDER_EVENT_WORDS, STEP_ACTION_WORDS } from '../domain/words/actions.ts';
import { BULK_ITEM_WORDS, BULK_STATUS_WORDS } from '../domain/words/bulk.ts';
import { CASE_STATUS_WORDS, CLOSING_WORDS } from '../domain/words/case-statuses.ts';
import { CHANNEL_WORDS } from '../domain/words/channels.ts';
import { DECISION_WORDS } from '../domain/words/decisions.ts';
import { INCIDENT_STATE_WORDS, INCIDENT_WHY_WORDS } from '../domain/words/incidents.ts';
import { KEPT_ANSWER_WORDS } from '../domain/words/kept-answers.ts';
import { LOSS_WORDS, MASS_LOSS_WORDS } from '../domain/words/lost-runs.ts';
import { LIGHT_WORDS } from '../domain/words/lights.ts';
import { ORDER_GROUND_WORDS, ORDER_STATUS_WORDS } from '../domain/words/orders.ts';
import { PARTY_WORDS } from '../domain/words/pauses.ts';
import { ROLE_WORDS } from '../domain/words/roles.ts';
import { SYSTEM_ACTOR_WORDS } from '../domain/words/system-actors.ts';
import { STEP_STATUS_WORDS } from '../domain/words/step-statuses.ts';
import {
  DEFERRED_BY_WORDS,
  NEXT_ACTION_WORDS,
  TURN_WORDS,
  WAIT_CAUSE_WORDS,
  WAIT_DETAIL_WORDS,
} from '../domain/words/wait-causes.ts';
import type { Style, Terminal } from './terminal.ts';

/** The parts of a terminal that drawing needs. */
export type Pen = Pick<Terminal, 'language' | 't' | 'paint'>;

const FAMILIES = {
  bulkAction: { ...STEP_ACTION_WORDS, ...CASE_ACTION_WORDS },
  bulkStatus: BULK_STATUS_WORDS,
  bulkItem: BULK_ITEM_WORDS,
  caseStatus: CASE_STATUS_WORDS,
  cause: WAIT_CAUSE_WORDS,
  channel: CHANNEL_WORDS,
  closing: CLOSING_WORDS,
  decision: DECISION_WORDS,
  detail: WAIT_DETAIL_WORDS,
  deferredBy: DEFERRED_BY_WORDS,
  incident: INCIDENT_STATE_WORDS,
  incidentWhy: INCIDENT_WHY_WORDS,
  keptAnswer: KEPT_ANSWER_WORDS,
  light: LIGHT_WORDS,
  loss: LOSS_WORDS,
  massLoss: MASS_LOSS_WORDS,
  next: NEXT_ACTION_WORDS,
  ground: ORDER_GROUND_WORDS,
  orderEvent: ORDER_EVENT_WORDS,
  orderStatus: ORDER_STATUS_WORDS,
  party: PARTY_WORDS,
  role: ROLE_WORDS,
  stepStatus: STEP_STATUS_WORDS,
  systemActor: SYSTEM_ACTOR_WORDS,
  turn: TURN_WORDS,
  bulkVerb: BULK_VERB_WORDS,
} as const satisfies Record<string, Readonly<Record<string, Text>>>;
type Family = keyof typeof FAMILIES;

/**
 * The words for a code in the language of the terminal. A code of a newer API, unknown here, stays
 * a code.
 */
export const wordOf = ({ language }: Pick<Pen, 'language'>, family: Family, code: string): string => {
  const words: Readonly<Record<string, Text>> = FAMILIES[family];
  return words[code]?.[language] ?? code;
};

/** Who acted: the role with the account, or the part of this system. */
export const drawActor = (pen: Pick<Pen, 'language'>, { role, id }: { role: string; id: string }): string =>
  `${wordOf(pen, 'role', role)} ${role === 'system' ? wordOf(pen, 'systemActor', id) : id}`;

const LIGHT_STYLES: Readonly<Record<string, Style>> = {
  green: 'green',
  yellow: 'yellow',
  red: 'red',
  'deep-red': 'red',
  grey: 'dim',
};

export const styleOfLight = (light: string): Style | undefined => LIGHT_STYLES[light];

/** The word for a light, in its colour. */
export const drawLight = (pen: Pen, light: string): string => {
  const style = styleOfLight(light);
  const word = wordOf(pen, 'light', light);
  return style === undefined ? word : pen.paint(style, word);
};

/** Why something is refused, by its code, in the language of the terminal. */
export const refusalOf = ({ language }: Pick<Pen, 'language'>, code: string): string => {
  const errors: Readonly<Record<string, { message: Text }>> = ERRORS;
  const words = errors[code]?.message[language];
  return words === undefined ? code : `${words} (${code})`;
};
