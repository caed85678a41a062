import { readSample } from '../sandbox/samples.ts';

/** Six agencies decide one step each, then the window sends the closing notice. */
const SAMPLE = 'newborn-registration/married-single-child-window';

/** Steps of the sample that are sent to an agency. */
export const STEPS_PER_CASE = 7;

interface Sample {
  request: {
    form: {
      applicant: { idNo: string };
      mother: { idNo: string };
      father: { idNo: string };
      birth: { inpatientNo: string };
    };
    region: string;
  };
}

/**
 * The divisions of one city. Case numbers are counted by division, one case of a division at a
 * time.
 */
const DIVISIONS = ['330402', '330411', '330421', '330424', '330481', '330482', '330483'];

const TEXT = readSample(SAMPLE);

/**
 * The request of case `index`: the sample with other parents, because no two couples have the same
 * child.
 */
export const caseRequest = (index: number): string => {
  const { request } = JSON.parse(TEXT) as Sample;
  const mother = citizenId(index, 'female');
  request.form.applicant.idNo = mother;
  request.form.mother.idNo = mother;
  request.form.father.idNo = citizenId(index, 'male');
  request.form.birth.inpatientNo = `ZY${20_241_100_000 + index}`;
  request.region = DIVISIONS[index % DIVISIONS.length] ?? request.region;
  return JSON.stringify(request);
};

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const FIRST_BIRTHDAY = Date.UTC(1985, 0, 1);
const DAY_MS = 86_400_000;
const BIRTHDAYS = 3_650;

/**
 * An ID number of an invented division with a correct check character (GB 11643); different for
 * every index below 1.8 million.
 */
const citizenId = (index: number, sex: 'female' | 'male'): string => {
  const birthday = new Date(FIRST_BIRTHDAY + (index % BIRTHDAYS) * DAY_MS)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '');
  // Men have odd sequence numbers.
  const sequence = (Math.floor(index / BIRTHDAYS) % 499) * 2 + (sex === 'male' ? 1 : 2);
  const digits = `339900${birthday}${String(sequence).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return `${digits}${'10X98765432'[sum % 11] ?? ''}`;
};
