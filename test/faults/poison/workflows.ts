// Each matter's code is a workflow type: the default export serves them all.
export { poisonedCase as default } from './poisoned-case.ts';
