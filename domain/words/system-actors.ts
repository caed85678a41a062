import type { Text } from '../matter/schema.ts';
import type { SystemActor } from '../case/system-actors.ts';

/** The parts of this system that act on cases by themselves. */
export const SYSTEM_ACTOR_WORDS = {
  'due-instants': { zh: '到期处理', en: 'Due instants' },
  'status-polling': { zh: '状态查询', en: 'Status polling' },
  escalation: { zh: '督办规则', en: 'Escalation' },
  watcher: { zh: '停滞监测', en: 'Watcher' },
  'agency-outages': { zh: '部门系统故障处理', en: 'Agency outages' },
  'calendar-rollout': { zh: '工作日历更新', en: 'Calendar rollout' },
  'bulk-executor': { zh: '批量操作执行', en: 'Bulk executor' },
  'agency-answers': { zh: '部门答复处理', en: 'Answers of agencies' },
  rules: { zh: '智能秒办规则', en: 'Rules of the matter' },
} as const satisfies Record<SystemActor, Text>;
