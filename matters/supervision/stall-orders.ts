/** In which order a list of stalls comes: the earliest promised deadline first, or what has waited longest first. */
export const STALL_ORDERS = ['urgency', 'age'] as const;
export type StallOrder = (typeof STALL_ORDERS)[number];
