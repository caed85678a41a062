import type { Plan } from '../case/plan.ts';
import { liesIn } from '../division/divisions.ts';

/** A registered agency as far as it decides who does a step. */
export interface Office {
  id: string;
  /** The agency of the catalog that it serves; absent: the one with its own id. */
  serves?: string | undefined;
  /** The divisions that it serves, by their first digits; absent: all. */
  divisions?: readonly string[] | undefined;
}

/** The agency of the catalog for which a registered agency works. */
const servedAgency = ({ id, serves = id }: Office): string => serves;

/**
 * The office that serves an agency of the catalog in a division: of several the one that names the
 * division most precisely. Undefined: none does.
 */
export const findOffice = <O extends Office>(offices: Iterable<O>, agency: string, division: string): O | undefined => {
  const serving = [...offices].filter(
    (office) => servedAgency(office) === agency && liesIn(division, office.divisions),
  );
  return serving.toSorted((a, b) => precision(b, division) - precision(a, division))[0];
};

const precision = ({ divisions = [''] }: Office, division: string): number =>
  Math.max(...divisions.filter((prefix) => division.startsWith(prefix)).map(({ length }) => length));

/**
 * Two offices that would serve one agency in the same divisions, none more precisely than the
 * other; undefined: there are none.
 */
export const findOverlap = (
  offices: readonly Office[],
): { offices: [string, string]; division: string } | undefined => {
  const holders = new Map<string, string>();
  for (const office of offices) {
    for (const division of new Set(office.divisions ?? [''])) {
      const key = `${servedAgency(office)} ${division}`;
      const holder = holders.get(key);
      if (holder !== undefined) return { offices: [holder, office.id], division };
      holders.set(key, office.id);
    }
  }
  return undefined;
};

/** A step whose division no office serves. */
export interface UnservedStep {
  stepId: string;
  agency: string;
  division: string;
}

/**
 * The plan with the offices that decide the steps in their divisions. A step that no office serves
 * keeps the agency of the catalog, and waits. An agency that is not registered anywhere is no
 * matter of divisions.
 */
export const placeSteps = (
  plan: Plan,
  divisions: ReadonlyMap<string, string>,
  offices: readonly Office[],
): { plan: Plan; unserved: UnservedStep[] } => {
  const unserved: UnservedStep[] = [];
  const steps = plan.steps.map((step) => {
    const { id: stepId, agency } = step;
    const division = divisions.get(stepId) ?? '';
    const office = findOffice(offices, agency, division);
    if (office) return { ...step, agency: office.id };
    const isKnown = offices.some((one) => servedAgency(one) === agency);
    if (isKnown && step.skip !== true) unserved.push({ stepId, agency, division });
    return step;
  });
  return { plan: { ...plan, steps }, unserved };
};
