/**
 * Combines the writes of many callers: while one write runs, the next collects items. The promise
 * of each caller settles as the write with its item does.
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
