import { citizenIdCheckDigit } from '../../domain/form/person-formats.ts';
import { sampleForm, type SampleForm } from '../support/matters.ts';

/**
 * Invented personal data of unique texts, which tests search for in places where personal data must
 * not be.
 */
export interface PlantedTexts {
  texts: Set<string>;
  /** A form of which every personal text is planted. */
  form: () => SampleForm;
  /** A text as an agency or a clerk writes one. */
  words: (about: string) => string;
}

export const plant = (): PlantedTexts => {
  const texts = new Set<string>();
  let serial = 0;
  const put = (text: string): string => {
    if (texts.has(text)) throw new Error(`${text} was planted before`);
    texts.add(text);
    return text;
  };
  const next = (digits: number) => String((serial += 1)).padStart(digits, '0');
  /** Two characters out of hundreds, so that no other text has them side by side. */
  const givenName = () => {
    serial += 1;
    return String.fromCodePoint(0x5300 + serial, 0x7300 + serial);
  };
  const name = (surname: string) => put(surname + givenName());
  const idNo = (birth: string, sex: 'male' | 'female') => {
    // The 17th digit is even for women and odd for men.
    do serial += 1;
    while ((serial % 2 === 0) !== (sex === 'female'));
    const first17 = `339900${birth}${String(serial).padStart(3, '0')}`;
    return put(first17 + citizenIdCheckDigit(first17));
  };
  const mobile = () => put(`139${next(8)}`);
  const createAccount = () => {
    const digits = `621399${next(10)}`;
    const last = '0123456789'.split('').find((digit) => luhnHolds(digits + digit))!;
    return put(digits + last);
  };
  const createAddress = () => put(`嘉兴市秀洲区无名路${next(4)}号`);

  return {
    texts,
    words: (about) => put(`${about}（第${next(5)}号，${givenName()}）`),
    form: () => {
      const form = sampleForm('married-single-child') as Record<string, Record<string, unknown>>;
      const [child] = form['children'] as unknown as Record<string, unknown>[];
      const household = child!['household'] as Record<string, unknown>;
      // The mother applies, so both numbers are hers.
      const motherIdNo = idNo('19880229', 'female');
      return {
        ...form,
        applicant: { ...form['applicant'], name: name('林'), idNo: motherIdNo, mobile: mobile() },
        mother: { ...form['mother'], name: name('林'), idNo: motherIdNo },
        father: { ...form['father'], name: name('陈'), idNo: idNo('19900307', 'male') },
        birth: { ...form['birth'], hospitalName: put(`示例市第${next(4)}医院`), inpatientNo: put(`ZY${next(8)}`) },
        children: [{ ...child, name: name('陈'), household: { ...household, address: createAddress() } }],
        delivery: { ...form['delivery'], name: name('林'), mobile: mobile(), address: createAddress() },
        bank: { holder: name('林'), account: createAccount() },
      };
    },
  };
};

const luhnHolds = (digits: string): boolean =>
  Array.from(digits, Number)
    .reverse()
    .reduce((sum, digit, place) => sum + (place % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0) %
    10 ===
  0;

/**
 * Whether a text occurs: as it is, as JSON may escape it, or anywhere inside something in base64.
 */
export const occurs = (where: Buffer, text: string): boolean =>
  [text, escape(text), ...toBase64(Buffer.from(text)), ...toBase64(Buffer.from(escape(text)))].some((form) =>
    where.includes(form),
  );

const escape = (text: string): string =>
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * What base64 makes of a text at each of the three places where it may begin, without the ends that
 * depend on what is beside it.
 */
const toBase64 = (text: Buffer): string[] =>
  [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), text])
      .toString('base64')
      .replaceAll('=', '');
    const from = offset === 0 ? 0 : offset + 1;
    return whole.slice(from, (offset + text.length) % 3 === 0 ? undefined : -1);
  });
