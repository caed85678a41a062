import { describe, expect, it } from 'vitest';
import { ACTIONS, can, mayEver, scopeOf, type Action } from '../../api/policy.ts';
import { ROLES, type Caller, type Role } from '../../identity/caller.ts';
import { NOTHING, route, findNothing } from '../../api/http/route.ts';

const CALLERS: Record<Role, Caller> = {
  public: { role: 'public' },
  clerk: { role: 'clerk', account: 'c', token: 't', region: '3304' },
  officer: { role: 'officer', account: 'o', token: 't', agency: 'police', region: '3304' },
  supervisor: { role: 'supervisor', account: 's', token: 't', region: '3304' },
  admin: { role: 'admin', account: 'a', token: 't', region: '' },
  agency: { role: 'agency', agency: 'police' },
};

const RESOURCES = {
  'own region, own agency': { region: '330411', agencies: ['police', 'post'] },
  'own region, other agency': { region: '330411', agencies: ['post'] },
  'other region, own agency': { region: '330102', agencies: ['police'] },
  'other region, other agency': { region: '330102', agencies: ['post'] },
  'decided in the own region, own agency': { region: '330102', division: '330411', agencies: ['police'] },
  'decided in another region, own agency': { region: '330411', division: '330102', agencies: ['police'] },
};
const ALL = [true, true, true, true, true, true];
const REGION = [true, true, false, false, false, true];
const DIVISION = [true, true, false, false, true, false];
const EITHER = [true, true, false, false, true, true];
const OWN = [true, false, false, false, true, false];
const OWN_ANYWHERE = [true, false, true, false, true, true];

const window = { clerk: REGION, supervisor: REGION, admin: ALL };
const supervision = { supervisor: REGION, admin: ALL };
const deciding = { supervisor: DIVISION, admin: ALL };
const both = { supervisor: EITHER, admin: ALL };
const tasks = { officer: OWN, agency: OWN_ANYWHERE };
const everyone = { public: ALL, clerk: ALL, officer: ALL, supervisor: ALL, admin: ALL, agency: ALL };

/**
 * Written out by hand, apart from the table in policy.ts: a right that changes there must be
 * changed here knowingly.
 */
const EXPECTED: Record<Action, Partial<Record<Role, boolean[]>>> = {
  'matter.read': { clerk: ALL, officer: ALL, supervisor: ALL, admin: ALL },
  'case.submit': window,
  'case.list': { ...window, officer: OWN },
  'case.search': window,
  'case.read': { ...window, ...both, officer: OWN },
  'supplement.request': window,
  'supplement.answer': window,
  'gap.fill': window,
  'case.correct': window,
  'case.terminate': supervision,
  'case.resume': supervision,
  'withdrawal.preview': window,
  'withdrawal.request': window,
  'task.list': tasks,
  'task.read': tasks,
  'task.claim': tasks,
  'task.decide': tasks,
  'step.read-words': { ...window, ...both, officer: OWN },
  'step.decide': deciding,
  'step.resend': both,
  'step.urge': both,
  'step.extend': deciding,
  'step.suspend': deciding,
  'step.reassign': deciding,
  'step.redo': deciding,
  'step.keep': deciding,
  'step.confirm': { ...window, ...deciding },
  'step.settle-undo': deciding,
  'order.open': deciding,
  'order.list': { ...deciding, ...tasks },
  'order.read': { ...deciding, ...tasks },
  'order.reply': { officer: OWN },
  'order.judge': deciding,
  'bulk.act': supervision,
  'export.make': supervision,
  'report.read': supervision,
  'agency.list': supervision,
  'absence.list': { ...supervision, officer: OWN },
  'absence.enter': { ...supervision, officer: OWN },
  'group.set': supervision,
  'incident.list': supervision,
  'incident.act': supervision,
  'review-queue.list': both,
  'review-queue.decide': deciding,
  'read.list': supervision,
  'stall.list': supervision,
  'stall.dismiss': supervision,
  'resumption.list': supervision,
  'resumption.confirm': supervision,
  'progress.read': everyone,
  'service.read': everyone,
};

describe('the policy', () => {
  const cells = ACTIONS.flatMap((action) => ROLES.map((role) => ({ action, role })));

  it.each(cells)('gives $role exactly the reach of $action that it should have', ({ action, role }) => {
    const caller = CALLERS[role];
    const expected = EXPECTED[action][role];
    expect(mayEver(caller, action)).toBe(expected !== undefined);
    expect(Object.values(RESOURCES).map((resource) => can(caller, action, resource))).toEqual(
      expected ?? ALL.map(() => false),
    );
  });

  it('allows in lists no more than in single requests', () => {
    // Where a case is decided in its own division, both reaches are the same.
    const undivided = Object.values(RESOURCES).filter((resource) => !('division' in resource));
    for (const { action, role } of cells.filter((cell) => mayEver(CALLERS[cell.role], cell.action))) {
      const scope = scopeOf(CALLERS[role], action);
      for (const resource of undivided) {
        const listed =
          resource.region.startsWith(scope.region ?? '') && (!scope.agency || resource.agencies.includes(scope.agency));
        expect(listed, `${role} ${action}`).toBe(can(CALLERS[role], action, resource));
      }
    }
  });

  it('gives a holder without a region everything, not nothing', () => {
    expect(
      can(
        { role: 'clerk', account: 'c', token: 't', region: '' },
        'case.read',
        RESOURCES['other region, other agency'],
      ),
    ).toBe(true);
  });
});

describe('a route', () => {
  const definition = {
    method: 'get' as const,
    path: '/x',
    summary: 'x',
    tag: 'x',
    input: NOTHING,
    answers: {},
    handler: () => Promise.resolve(undefined),
  };

  it('without a policy does not boot', () => {
    expect(() => route({ ...definition } as never)).toThrow();
    expect(() => route({ ...definition, policy: { action: 'no-such' as Action, find: findNothing } })).toThrow(
      'no policy',
    );
    expect(() => route({ ...definition, policy: { action: 'matter.read', find: findNothing } })).not.toThrow();
  });
});
