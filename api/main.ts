import { runProcess } from '../runtime/process.ts';
import { readConfig } from './config.ts';
import { serveApi } from './serve.ts';

/** The API process. */
await runProcess({
  name: 'api',
  readConfig,
  start: async (config) => {
    const { close } = await serveApi(config);
    return { stop: close };
  },
});
