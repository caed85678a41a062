import { pino } from 'pino';
import { createCipher, readKeys } from '../../db/sql/sealing.ts';
import { createPool } from '../../db/sql/pool.ts';
import { startBulkExecutor } from '../../worker/loops/bulk-executor.ts';

/** A separate process that carries out bulk acts slowly, so that tests can kill it in between. */
const [, , url, keyFile] = process.argv;
startBulkExecutor(
  {
    db: createPool({ url: url!, max: 3, name: 'test' }),
    cipher: createCipher(readKeys({ file: keyFile! })),
    log: pino({ level: 'silent' }),
  },
  { limit: 2, everyMs: 20 },
);
