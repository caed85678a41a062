// A release whose code fails in every case, for watcher.test.ts: what is no failure of the business
// fails the workflow task, again and again.
const broken = (): Promise<void> => Promise.reject(new Error('a broken release'));
export { broken as default };
