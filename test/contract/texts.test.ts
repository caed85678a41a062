import { describe, expect, it } from 'vitest';
import { DecisionReply } from '../../agencies/contract.ts';
import { Materials, Reason } from '../../contract/values.ts';

const MARKS = ['\0', '\u0007', '\ud800', '\ufffd', '\u202e', '\u2067', '\u2028', '\ue000'];

describe('a text of a person or an agency', () => {
  it.each(MARKS)('that contains %j is refused, and the problem does not repeat it', (mark) => {
    const text = `材料${mark}不全`;
    const answers = [
      Reason.safeParse(text),
      Materials.safeParse([{ id: 'proxy', reference: text }]),
      DecisionReply.safeParse({ messageId: 'm-1', decision: 'refused', reason: text }),
    ];
    for (const { success, error } of answers) {
      expect(success).toBe(false);
      expect(error?.message).not.toContain('材料');
    }
  });

  it('keeps its lines if it is a reason, and has one line if it is a reference', () => {
    expect(Reason.parse(' 一\n二\u200b ')).toBe('一\n二');
    expect(Materials.safeParse([{ id: 'proxy', reference: '一\n二' }]).success).toBe(false);
  });

  it.each(['', '  ', '\u200b\ufeff', '\u3000'])('of nothing but blanks and empty marks (%j) is refused', (text) => {
    expect(Reason.safeParse(text).success).toBe(false);
    expect(Materials.safeParse([{ id: 'proxy', reference: text }]).success).toBe(false);
  });
});
