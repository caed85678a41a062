import type { Caller, Role } from '../identity/caller.ts';

/**
 * The rights of every role, in one place. Everything else is denied; every route names one of these
 * actions.
 */

export const ACTIONS = [
  'matter.read',
  'case.submit',
  'case.list',
  'case.search',
  'case.read',
  'supplement.request',
  'supplement.answer',
  'gap.fill',
  'case.correct',
  'case.terminate',
  'case.resume',
  'withdrawal.preview',
  'withdrawal.request',
  'task.list',
  'task.read',
  'task.claim',
  'task.decide',
  'step.read-words',
  'step.decide',
  'step.resend',
  'step.urge',
  'step.extend',
  'step.suspend',
  'step.reassign',
  'step.redo',
  'step.keep',
  'step.confirm',
  'step.settle-undo',
  'order.open',
  'order.list',
  'order.read',
  'order.reply',
  'order.judge',
  'bulk.act',
  'export.make',
  'report.read',
  'agency.list',
  'absence.list',
  'absence.enter',
  'group.set',
  'incident.list',
  'incident.act',
  'review-queue.list',
  'review-queue.decide',
  'read.list',
  'stall.list',
  'stall.dismiss',
  'resumption.list',
  'resumption.confirm',
  'progress.read',
  'service.read',
] as const;
export type Action = (typeof ACTIONS)[number];

/** The target of an action: its divisions, and the agencies that it belongs to. */
export interface Resource {
  /** The division of the case. */
  region: string;
  /** The division that decides the step; absent: the same. */
  division?: string;
  /** The agency of a step; of a case, the agency of an officer who has a step in it that is not skipped. */
  agencies: readonly string[];
}

/**
 * How far the right of a role reaches.
 * - `any`: everywhere
 * - `region`: cases of the division of the caller
 * - `division`: what the division of the caller decides
 * - `either`: one of both
 * - `own`: what belongs to the agency of the caller, and the division of the caller decides
 */
type Reach = 'any' | 'region' | 'division' | 'either' | 'own';

const EVERYONE = {
  public: 'any',
  clerk: 'any',
  officer: 'any',
  supervisor: 'any',
  admin: 'any',
  agency: 'any',
} as const;
const STAFF = { clerk: 'any', officer: 'any', supervisor: 'any', admin: 'any' } as const;
const WINDOW = { clerk: 'region', supervisor: 'region', admin: 'any' } as const;
const SUPERVISION = { supervisor: 'region', admin: 'any' } as const;
/** What is decided in another division than that of the window is supervised there. */
const DECIDING = { supervisor: 'division', admin: 'any' } as const;
/** What decides nothing may also be done where the case was accepted. */
const BOTH = { supervisor: 'either', admin: 'any' } as const;
const AGENCY = { officer: 'own', agency: 'own' } as const;

const RULES: Record<Action, Partial<Record<Role, Reach>>> = {
  'matter.read': STAFF,
  'case.submit': WINDOW,
  'case.list': { ...WINDOW, officer: 'own' },
  'case.search': WINDOW,
  'case.read': { ...WINDOW, ...BOTH, officer: 'own' },
  'supplement.request': WINDOW,
  'supplement.answer': WINDOW,
  'gap.fill': WINDOW,
  'case.correct': WINDOW,
  'case.terminate': SUPERVISION,
  'case.resume': SUPERVISION,
  'withdrawal.preview': WINDOW,
  'withdrawal.request': WINDOW,
  'task.list': AGENCY,
  'task.read': AGENCY,
  'task.claim': AGENCY,
  'task.decide': AGENCY,
  'step.read-words': { ...WINDOW, ...BOTH, officer: 'own' },
  'step.decide': DECIDING,
  'step.resend': BOTH,
  'step.urge': BOTH,
  'step.extend': DECIDING,
  'step.suspend': DECIDING,
  'step.reassign': DECIDING,
  'step.redo': DECIDING,
  'step.keep': DECIDING,
  // The window sees the papers.
  'step.confirm': { ...WINDOW, ...DECIDING },
  'step.settle-undo': DECIDING,
  'order.open': DECIDING,
  'order.list': { ...DECIDING, ...AGENCY },
  'order.read': { ...DECIDING, ...AGENCY },
  // A written answer must come from a person: the system of an agency reads orders, an officer
  // answers them.
  'order.reply': { officer: 'own' },
  'order.judge': DECIDING,
  'bulk.act': SUPERVISION,
  'export.make': SUPERVISION,
  'report.read': SUPERVISION,
  'agency.list': SUPERVISION,
  // Officers see the absences in their agency and enter their own; a supervisor enters those of
  // others.
  'absence.list': { ...SUPERVISION, officer: 'own' },
  'absence.enter': { ...SUPERVISION, officer: 'own' },
  'group.set': SUPERVISION,
  'incident.list': SUPERVISION,
  // An agency works for every division, so stopping what is sent to it needs a right for every
  // division.
  'incident.act': SUPERVISION,
  'review-queue.list': BOTH,
  'review-queue.decide': DECIDING,
  'read.list': SUPERVISION,
  'stall.list': SUPERVISION,
  'stall.dismiss': SUPERVISION,
  'resumption.list': SUPERVISION,
  // A loss of many workflows concerns every division.
  'resumption.confirm': SUPERVISION,
  'progress.read': EVERYONE,
  'service.read': EVERYONE,
};

/** Whether the role of the caller has the right for any resource. */
export const mayEver = (caller: { role: Role }, action: Action): boolean => RULES[action][caller.role] !== undefined;

/** Whether the caller may perform the action on the resource. */
export const can = (caller: Caller, action: Action, resource: Resource): boolean => {
  const reach = RULES[action][caller.role];
  if (reach === undefined) return false;
  switch (reach) {
    case 'any':
      return true;
    case 'region':
      return actsIn(caller, resource.region);
    case 'division':
      return actsIn(caller, decidingDivision(resource));
    case 'either':
      return actsIn(caller, resource.region) || actsIn(caller, decidingDivision(resource));
    case 'own':
      return (
        'agency' in caller && resource.agencies.includes(caller.agency) && actsIn(caller, decidingDivision(resource))
      );
  }
};

/**
 * The same as a filter for lists: only rows in the division of the caller, which is that of the case
 * or the deciding one as the reach says; only rows in which the agency takes part.
 */
export const scopeOf = (caller: Caller, action: Action): { region?: string; agency?: string } => {
  const reach = RULES[action][caller.role];
  if (reach === undefined) throw new Error(`${caller.role} has no right to ${action}`);
  return {
    ...(reach !== 'any' && 'region' in caller && caller.region !== '' && { region: caller.region }),
    ...(reach === 'own' && 'agency' in caller && { agency: caller.agency }),
  };
};

const decidingDivision = ({ region, division = region }: Resource): string => division;

const actsIn = (caller: Caller, division: string): boolean =>
  !('region' in caller) || division.startsWith(caller.region);
