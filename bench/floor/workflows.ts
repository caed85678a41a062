/** An empty workflow: its whole cost is that of Temporal. */
export const empty = (): Promise<void> => Promise.resolve();
