import { Matter } from '../../domain/matter/schema.ts';

const named = (id: string) => ({ id, name: { zh: id, en: id } });
const division = { ...named('division'), type: 'text' as const, format: 'division' as const };
const place = (id: string) => ({ ...named(id), type: 'group' as const, fields: [division] });

const approval = (id: string, agency: string, more: Record<string, unknown> = {}) => ({
  ...named(id),
  agency,
  kind: 'approve',
  limit: { promised: { workingDays: 3 }, extension: 5 },
  discloses: [],
  undo: { class: 'void' },
  ...more,
});

/** A matter whose steps are decided where the form says. */
export const createDecidingMove = (): Matter =>
  Matter.parse({
    code: 'deciding-move',
    version: 1,
    name: { zh: '迁居', en: 'Moving house' },
    summary: { zh: '迁居', en: 'Moving house' },
    lead: 'police',
    limit: { promised: { workingDays: 5 } },
    partialCompletion: true,
    form: [
      place('household'),
      place('origin'),
      place('receiver'),
      { ...named('movers'), type: 'list', maxItems: 4, fields: [{ ...named('name'), type: 'text' }, division] },
    ],
    steps: [
      approval('check', 'police'),
      approval('register', 'police', { division: 'household.division' }),
      approval('cancel', 'police', { division: 'origin.division' }),
      approval('tell', 'police', { division: 'movers[].division', forEach: 'movers' }),
      approval('deliver', 'post', {
        division: 'receiver.division',
        when: 'receiver.division != null',
        whenText: { zh: '寄送', en: 'Sent' },
      }),
    ],
  });
