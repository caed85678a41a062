/**
 * What an agency is in law. It decides which remedies an applicant has against its answer, so it is
 * entered and never derived from the name.
 * - `organ`: an administrative organ (行政机关)
 * - `authorised`: an organisation that a law or regulation authorises to decide (法律、法规授权的组织)
 * - `institution`: a public institution that serves the applicant, such as a hospital (事业单位)
 * - `company`: an enterprise, such as a water supplier (企业)
 */
export const AGENCY_NATURES = ['organ', 'authorised', 'institution', 'company'] as const;
export type AgencyNature = (typeof AGENCY_NATURES)[number];

/** The natures whose decisions are administrative acts (行政诉讼法 arts. 2 and 26). */
const AUTHORITIES: ReadonlySet<AgencyNature> = new Set(['organ', 'authorised']);

/** Whether reconsideration (行政复议) and litigation (行政诉讼) are open against its decisions. */
export const isAuthority = (nature: AgencyNature): boolean => AUTHORITIES.has(nature);
