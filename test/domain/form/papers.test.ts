import { describe, expect, it } from 'vitest';
import { findStep } from '../../../domain/matter/compile.ts';
import { listAnswers, listShownMaterials } from '../../../domain/form/papers.ts';
import { parseSource } from '../authoring/small-matter.ts';

const { matter } = parseSource();
const intake = findStep(matter, 'intake')!;
const check = findStep(matter, 'check')!;

describe('the materials that an agency gets', () => {
  const showMaterials = (materials: Parameters<typeof listShownMaterials>[2]['materials'], gaps: string[] = []) =>
    listShownMaterials(matter, intake, { materials, gaps });
  const idCard = { id: 'id-card', name: { zh: '身份证', en: 'ID card' } };

  it('are only those of its step, as the matter defines them', () => {
    expect(showMaterials([{ id: 'record', reference: 'R-1' }])).toEqual([{ ...idCard, source: 'shown' }]);
  });

  it('have their number and source', () => {
    expect(showMaterials([{ id: 'id-card', source: 'photo', reference: 'C-1' }])).toEqual([
      { ...idCard, source: 'photo', reference: 'C-1' },
    ]);
  });

  it('tell which of them follow later', () => {
    expect(showMaterials([], ['id-card', 'record'])).toEqual([{ ...idCard, source: 'shown', pledged: true }]);
  });
});

describe('the supplement that an agency requested', () => {
  const form = {
    applicant: { name: '林晓雨', idNo: '339900198802290020' },
    children: [{ name: '一' }, { name: '二' }],
  };
  const materials = [{ id: 'proof', source: 'upload' as const, reference: 'U-7' }];
  const answerItems = (found: typeof intake, asked: Parameters<typeof listAnswers>[2]) =>
    listAnswers(found, { form, materials }, asked);

  it('has for each item the new value of the form or the material as it was handed in', () => {
    const asked = [
      { field: 'applicant.name', reason: '有误' },
      { material: 'proof', reason: '不清晰' },
      { reason: '其他' },
    ];
    expect(answerItems(intake, asked)).toEqual([
      { field: 'applicant.name', value: '林晓雨', reason: '有误' },
      { material: 'proof', source: 'upload', reference: 'U-7', reason: '不清晰' },
      { reason: '其他' },
    ]);
  });

  it('has no value that the step does not disclose, although the agency asked for it', () => {
    const field = 'applicant.name';
    expect(answerItems(check, [{ field }, { field: 'applicant' }, { field: 'applicant.idNo' }])).toEqual([
      { field },
      { field: 'applicant', value: { idNo: '339900198802290020' } },
      { field: 'applicant.idNo', value: '339900198802290020' },
    ]);
  });

  it('has for the step of one list item nothing about the other items', () => {
    const found = { step: { ...intake.step, discloses: ['children[].name'] }, item: { list: 'children', index: 1 } };
    const asked = [{ field: 'children[0].name' }, { field: 'children[1].name' }];
    expect(answerItems(found, asked)).toEqual([
      { field: 'children[0].name' },
      { field: 'children[1].name', value: '二' },
    ]);
  });

  it('has no value if the form has none, for any path', () => {
    for (const field of ['applicant.foreign', 'applicant.name.length', 'applicant.toString', 'applicant[0]']) {
      expect(answerItems(intake, [{ field }]), field).toEqual([{ field }]);
    }
  });
});
