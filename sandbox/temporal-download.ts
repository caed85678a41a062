import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The SDK downloads a development server into a folder and starts it once as a check. */
const [, , version, downloadDir] = process.argv;
if (version === undefined || downloadDir === undefined) throw new Error('usage: temporal-download <version> <folder>');
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version, downloadDir } },
});
await environment.teardown();
