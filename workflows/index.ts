// Exactly what the worker registers. The default export serves every other workflow type: each matter's code is one.
export { dailyReport } from './daily-report.ts';
export { matterCase as default } from './matter-case.ts';
