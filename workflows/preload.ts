/**
 * Runs before any case. Temporal takes a stack trace of every promise in a workflow, to show where it waits; with ten frames each that
 * was half of the workflow thread's time. One frame still says where an error was thrown.
 */
Error.stackTraceLimit = 1;
