/** What is recorded about a read of personal values. */

/** Which values were read. Codes are stored, so they are never renamed. */
export const READ_KINDS = ['form', 'draft', 'words', 'answer', 'order', 'hit', 'duplicate', 'persons'] as const;
export type ReadKind = (typeof READ_KINDS)[number];

/** For what they were read. */
export const READ_PURPOSES = [
  'task',
  'case',
  'withdrawal',
  'review',
  'supervision',
  'search',
  'duplicate-check',
  'export',
] as const;
export type ReadPurpose = (typeof READ_PURPOSES)[number];

/** Values of one case, or of one step of it. */
export interface Read {
  kind: ReadKind;
  purpose: ReadPurpose;
  caseId: string;
  stepId?: string;
}
