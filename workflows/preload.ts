/**
 * Runs before any case. Temporal takes a stack trace of every promise in a workflow, to show where
 * it waits. With ten frames each, this took half of the workflow thread's time. One frame still
 * shows where an error was thrown.
 */
Error.stackTraceLimit = 1;
