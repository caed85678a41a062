import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Enough to have something on every screen: plain, repeated steps, many agencies, several provinces, one that is not for the window. */
const SAMPLES = [
  'newborn-registration/married-single-child',
  'newborn-registration/twins',
  'newborn-registration/father-blank',
  'home-purchase-move/all-utilities',
  'home-purchase-move/second-hand-in-county',
];

const Sample = z.object({ title: z.object({ zh: z.string(), en: z.string() }), request: z.unknown() });
const Started = z.object({ caseId: z.string(), caseNo: z.string(), queryCode: z.string() });

export interface SampleCase extends z.infer<typeof Started> {
  title: { zh: string; en: string };
}

/** Starts the sample cases through the API like any window. May be repeated: each has an idempotency key of its own. */
export const startSamples = (api: string, token: string): Promise<SampleCase[]> =>
  Promise.all(
    SAMPLES.map(async (name) => {
      const file = new URL(`../matters/samples/${name}.json`, import.meta.url);
      const { title, request } = Sample.parse(JSON.parse(readFileSync(file, 'utf8')));
      const response = await fetch(`${api}/api/v1/cases`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': `sample:${name}`,
        },
        body: JSON.stringify(request),
      });
      if (!response.ok)
        throw new Error(`the sample case ${name} was answered ${response.status}: ${await response.text()}`);
      return { ...Started.parse(await response.json()), title };
    }),
  );
