// Exactly what the worker registers. The default export serves every workflow type: each matter's code is one.
export { matterCase as default } from './matter-case.ts';
