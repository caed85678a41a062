// Exactly what the worker registers. The default export serves every other workflow type, because
// the code of each matter is one.
export { dailyReport } from './daily-report.ts';
export { matterCase as default } from './matter-case.ts';
