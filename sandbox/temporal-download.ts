import { TestWorkflowEnvironment } from '@temporalio/testing';

/** Lets the SDK fetch a development server into a folder, and start it once to see that it runs. */
const [, , version, downloadDir] = process.argv;
if (version === undefined || downloadDir === undefined) throw new Error('which version, into which folder?');
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version, downloadDir } },
});
await environment.teardown();
