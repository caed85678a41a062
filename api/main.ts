import { readConfig } from './config.ts';
import { serveApi } from './serve.ts';

const api = await serveApi(readConfig(process.env));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void api.close());
}
