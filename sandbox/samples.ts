import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createInventor } from '../domain/form/invented.ts';

/**
 * Cases for every screen: simple, repeated steps, many agencies, several provinces, one that was
 * not submitted at a window.
 */
const SAMPLES = [
  'newborn-registration/married-single-child',
  'newborn-registration/twins',
  'newborn-registration/father-blank',
  'home-purchase-move/all-utilities',
  'home-purchase-move/second-hand-in-county',
];

/** The text of a valid sample of the catalog, by `<matter>/<sample>`. */
export const readSample = (name: string): string => {
  const [matter = '', sample = ''] = name.split('/');
  return readFileSync(new URL(`../catalog/${matter}/samples/valid/${sample}.json`, import.meta.url), 'utf8');
};

const Sample = z.object({ title: z.object({ zh: z.string(), en: z.string() }), request: z.unknown() });
const Started = z.object({ caseId: z.string(), caseNo: z.string(), queryCode: z.string() });

export interface SampleCase extends z.infer<typeof Started> {
  title: { zh: string; en: string };
}

/** Keeps the persons of the sample files free for users who submit one of these files. */
const FIRST_PERSON = 100_000;

/**
 * Submits the sample cases through the API, as a window does, each with its own persons. A
 * repetition has no effect, because each sample has a fixed idempotency key and the same persons.
 */
export const startSamples = (api: string, token: string): Promise<SampleCase[]> => {
  const invent = createInventor(FIRST_PERSON);
  const texts = SAMPLES.map((name) => ({ name, text: invent(readSample(name)) }));
  return Promise.all(
    texts.map(async ({ name, text }) => {
      const { title, request } = Sample.parse(JSON.parse(text));
      const response = await fetch(`${api}/api/v1/cases`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': `sample:${name.replaceAll('/', ':')}`,
        },
        body: JSON.stringify(request),
      });
      if (!response.ok)
        throw new Error(`the API answered the sample case ${name} with ${response.status}: ${await response.text()}`);
      return { ...Started.parse(await response.json()), title };
    }),
  );
};
