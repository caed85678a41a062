import { describe, expect, it } from 'vitest';
import { disclose } from '../../../domain/form/disclose.ts';
import type { Form } from '../../../domain/matter/values.ts';

const FORM: Form = {
  applicant: { name: '林晓雨', idNo: '339900198802290020' },
  way: 'post',
  address: '嘉兴市秀洲区示例路8号',
  children: [
    { name: '陈一诺', born: '2024-11-18', share: 33.35 },
    { name: '陈一言', born: '2024-11-18', share: 66.65 },
  ],
};

describe('disclose', () => {
  it('gives only the fields that are named', () => {
    expect(disclose(FORM, ['applicant.idNo', 'children[].name'])).toEqual({
      applicant: { idNo: '339900198802290020' },
      children: [{ name: '陈一诺' }, { name: '陈一言' }],
    });
  });

  it('gives all of a group or list that is named', () => {
    expect(disclose(FORM, ['applicant', 'children', 'children[].name'])).toEqual({
      applicant: FORM['applicant'],
      children: FORM['children'],
    });
  });

  it('gives one item of a list for a step that is about that item', () => {
    const item = { list: 'children', index: 1 };
    expect(disclose(FORM, ['children[].name', 'way'], item)).toEqual({ children: [{ name: '陈一言' }], way: 'post' });
    expect(disclose(FORM, ['children'], { list: 'children', index: 5 })).toEqual({ children: [] });
  });

  it('gives nothing for nothing, and leaves out what is not filled in', () => {
    expect(disclose(FORM, [])).toEqual({});
    expect(disclose(FORM, ['applicant.passportNo', 'nothing', 'way.x'])).toEqual({ applicant: {} });
  });
});
