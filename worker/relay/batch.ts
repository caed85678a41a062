/**
 * Gathers what many callers write into one write at a time: while one is under way, the next gathers. Each caller's promise
 * settles as the write that held its item did.
 */
export const createBatch = <Item>(write: (items: Item[]) => Promise<unknown>): ((item: Item) => Promise<void>) => {
  let gathered: Item[] = [];
  let next: Promise<void> | undefined;
  let current: Promise<unknown> = Promise.resolve();

  return (item) => {
    gathered.push(item);
    next ??= current.then(() => {
      const items = gathered;
      gathered = [];
      next = undefined;
      const writing = write(items).then(() => undefined);
      current = writing.catch(() => undefined);
      return writing;
    });
    return next;
  };
};
