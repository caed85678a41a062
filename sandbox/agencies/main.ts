import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { httpUrl, port, readEnvironment, text } from '../../runtime/environment.ts';
import { startAgencies } from './server.ts';

/**
 * The agencies as a process of `npm start`, configured by the environment. Ends on SIGTERM or
 * SIGINT.
 */
const environment = readEnvironment(
  'the simulated agencies',
  z.object({
    SANDBOX_PORT: port,
    SANDBOX_DATA: text,
    /** A JSON file of `[{ id, secret, port }]`. */
    SANDBOX_AGENCIES: text,
    ONE_MATTER_API: httpUrl,
  }),
  process.env,
);

const agencies = z
  .array(z.object({ id: z.string(), secret: z.string().startsWith('whsec_'), port: z.int() }))
  .parse(JSON.parse(readFileSync(environment.SANDBOX_AGENCIES, 'utf8')));

const sandbox = await startAgencies({
  port: environment.SANDBOX_PORT,
  dataDir: environment.SANDBOX_DATA,
  agencies,
  apiUrl: environment.ONE_MATTER_API,
});
console.log(`${agencies.length} sandbox agencies, controlled at ${sandbox.url}/sandbox`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}
