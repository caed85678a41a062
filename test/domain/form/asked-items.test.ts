import { describe, expect, it } from 'vitest';
import { findUnknownItems, listAskableNames, listUnansweredItems } from '../../../domain/form/asked-items.ts';
import { Matter } from '../../../domain/matter/schema.ts';
import { SMALL_MOVE } from '../../support/matters.ts';

const name = { zh: '名', en: 'Name' };
const MATTER = Matter.parse({
  ...SMALL_MOVE,
  form: [
    ...SMALL_MOVE.form,
    { id: 'children', name, type: 'list', maxItems: 3, fields: [{ id: 'name', name, type: 'text' }] },
  ],
});

describe('the items of a supplement notice', () => {
  it('have the names of the form and of the materials', () => {
    expect(listAskableNames(MATTER)).toEqual({
      fields: ['applicant', 'applicant.name', 'applicant.idNo', 'note', 'children', 'children[]', 'children[].name'],
      materials: ['photo'],
    });
  });

  it.each(['applicant', 'applicant.name', 'children', 'children[0]', 'children[2].name', 'children[].name'])(
    'may name the field %s',
    (field) => expect(findUnknownItems(MATTER, [{ field }])).toEqual([]),
  );

  it.each(['mother.nope', 'nope', 'applicant[0].name', 'children.name', 'children[0].nope', 'note.x', ''])(
    'may not name the field “%s”',
    (field) => expect(findUnknownItems(MATTER, [{ field }])).toEqual([{ index: 0, key: 'field' }]),
  );

  it('may give only a reason, and may not name an unknown material', () => {
    const items = [{ reason: 'x' }, { material: 'photo' }, { field: 'note', material: 'proof' }];
    expect(findUnknownItems(MATTER, items)).toEqual([{ index: 2, key: 'material' }]);
  });
});

describe('an item of a notice is answered', () => {
  const asked = [
    { id: 'a', field: 'applicant.name' },
    { id: 'b', material: 'photo' },
    { id: 'c', field: 'children[].name' },
    { id: 'd', field: 'applicant' },
    { id: 'e', reason: 'only a reason' },
  ];
  const unanswered = (given: Partial<Parameters<typeof listUnansweredItems>[1]>) =>
    listUnansweredItems(asked, { changes: {}, materials: [], nothingFurther: [], ...given }).join('');

  it('by a value of its field or of a part of it, by its material, or by the word that there is nothing further', () => {
    expect(unanswered({})).toBe('abcde');
    expect(unanswered({ changes: { 'applicant.name': '林小雨' } })).toBe('bc');
    expect(unanswered({ changes: { 'children[1].name': '小' } })).toBe('abd');
    expect(unanswered({ materials: [{ id: 'photo' }] })).toBe('acd');
    expect(unanswered({ nothingFurther: ['a', 'b', 'c'] })).toBe('de');
    expect(unanswered({ changes: { note: 'x' } })).toBe('abcd');
  });

  it('not by clearing its field', () => {
    expect(unanswered({ changes: { 'applicant.name': null } })).toBe('abcde');
  });
});
