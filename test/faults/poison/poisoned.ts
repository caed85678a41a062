/** The faults of a case in a special build of the workflows. */
export const POISONS = ['throws', 'loops', 'too-large', 'rejects', 'undecodable'] as const;
/**
 * `sleeps`: the code waits where it did not before, so a history that has begun does not fit it.
 */
export type Poison = (typeof POISONS)[number] | 'sleeps';

/**
 * The placeholder in the bundle for the poisoned cases, which exist before the build:
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

/** The cases with unreadable payloads. */
export const UNREADABLE: readonly string[] = [...POISONED].flatMap(([caseId, poison]) =>
  poison === 'undecodable' ? [caseId] : [],
);
