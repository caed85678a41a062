import { chinaTime } from '../matter/scope.ts';

/** What can be wrong with the letter of a decision in place of an agency. */
export type LetterRule = 'letter-needed' | 'letter-not-needed' | 'letter-in-the-future';

/**
 * Where no office serves the division of a step, its decision comes by letter (复函), which is on
 * record with number and date. An office that is connected decides by itself.
 */
export const whyNotLetter = (
  { unserved }: { unserved?: boolean | undefined },
  letter: { date: string } | undefined,
  now: number,
): LetterRule | undefined => {
  if (unserved !== true) return letter && 'letter-not-needed';
  if (!letter) return 'letter-needed';
  return letter.date > chinaTime(now).slice(0, 10) ? 'letter-in-the-future' : undefined;
};
