/** How a list of stalls is sorted: the earliest promised deadline first, or the oldest stall first. */
export const STALL_ORDERS = ['urgency', 'age'] as const;
export type StallOrder = (typeof STALL_ORDERS)[number];
