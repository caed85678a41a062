// A release whose code fails in every case, for watcher.test.ts. The error is not a business
// failure, so the workflow task fails repeatedly.
const broken = (): Promise<void> => Promise.reject(new Error('a broken release'));
export { broken as default };
