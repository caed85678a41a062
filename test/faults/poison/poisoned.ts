/** What is wrong with a case, in a build of the workflows that was made for it. */
export const POISONS = ['throws', 'loops', 'too-large', 'rejects', 'undecodable'] as const;
/**
 * `sleeps`: the code waits where it did not before, so a history that has begun does not fit it.
 */
export type Poison = (typeof POISONS)[number] | 'sleeps';

/**
 * Stands in the bundle for the cases that are poisoned, which exist before it is built:
 * `caseId=poison` each.
 */
export const PLACE = 'the poisoned cases stand here';
// Split once a thread, and never changed.
const POISONED: ReadonlyMap<string, string> = new Map(
  [PLACE]
    .flatMap((all) => all.split(','))
    .map((one): [string, string] => {
      const [caseId = '', poison = ''] = one.split('=');
      return [caseId, poison];
    }),
);

export const poisonOf = (caseId: string): string | undefined => POISONED.get(caseId);

/** The cases whose payloads nobody can read. */
export const UNREADABLE: readonly string[] = [...POISONED].flatMap(([caseId, poison]) =>
  poison === 'undecodable' ? [caseId] : [],
);
