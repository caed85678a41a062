import { z } from 'zod';
import { createInventor } from '../../domain/form/invented.ts';
import { readSample } from '../../sandbox/samples.ts';

/** The case that one person wants: the request, and the ID number that no other case has. */
export interface Intent {
  name: string;
  person: string;
  request: unknown;
}

/** Parallel steps, one long chain, and repeated steps. */
export const MIXED = [
  'newborn-registration/married-single-child',
  'newborn-registration/married-single-child-window',
  'home-purchase-move/second-hand-in-county',
  'newborn-registration/twins',
] as const;
/** Five steps, for what is not about the steps. */
export const SHORT = ['newborn-registration/certificates-only'] as const;

const Sample = z.object({
  request: z.looseObject({ form: z.looseObject({ applicant: z.looseObject({ idNo: z.string() }) }) }),
});

/**
 * Generates intents from sample forms, each with its own persons with valid ID numbers of no real
 * person.
 */
export const createIntents = (): ((name: string, sample: string) => Intent) => {
  const invent = createInventor();
  return (name, sample) => {
    const { request } = Sample.parse(JSON.parse(invent(readSample(sample))));
    return { name, person: request.form.applicant.idNo, request };
  };
};

/**
 * The same request with a reason that overrides the search for duplicates, which would prevent the
 * harm of a control.
 */
export const insist = (intent: Intent): Intent => ({
  ...intent,
  request: {
    ...z.looseObject({}).parse(intent.request),
    overrideDuplicates: { reason: 'a control of the fault tests' },
  },
});
