/** Does nothing: what it costs is Temporal's. */
export const empty = (): Promise<void> => Promise.resolve();
