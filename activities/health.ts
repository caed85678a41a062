/** How long an agency that could not be reached is left to its own queue, which waits and spreads its attempts. */
const UNWELL_MS = 10_000;

/** Which agencies answered lately, as far as this process saw. It only saves first attempts that would be lost. */
export interface Health {
  isWell: (agency: string) => boolean;
  failed: (agency: string) => void;
}

export const createHealth = (now: () => number): Health => {
  const unwellUntil = new Map<string, number>();
  return {
    isWell: (agency) => (unwellUntil.get(agency) ?? 0) <= now(),
    failed: (agency) => unwellUntil.set(agency, now() + UNWELL_MS),
  };
};
