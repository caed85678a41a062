import { describe, expect, it } from 'vitest';
import { readConfig } from '../../api/config.ts';

const GOOD = { DATABASE_URL: 'postgres://user:password@127.0.0.1/db', ONE_MATTER_KEY_FILE: '/run/secrets/keys' };

describe('the configuration', () => {
  it('listens on the loopback address by default', () => {
    expect(readConfig(GOOD)).toMatchObject({ host: '127.0.0.1', port: 8080, publicUrl: 'http://127.0.0.1:8080' });
    expect(readConfig({ ...GOOD, HOST: '0.0.0.0', PORT: '80', PUBLIC_URL: 'https://one.example' })).toMatchObject({
      host: '0.0.0.0',
      port: 80,
      publicUrl: 'https://one.example',
    });
  });

  it('names all mistakes together, without any value', () => {
    const env = { PORT: 'eighty', PUBLIC_URL: 'javascript:alert(1)', OUTCOME_WAIT_MS: '-5', LOG_LEVEL: 'loud' };
    let failure = '';
    try {
      readConfig(env);
    } catch (error) {
      failure = String(error);
    }
    for (const name of ['DATABASE_URL', 'ONE_MATTER_KEY_FILE', ...Object.keys(env)]) expect(failure).toContain(name);
    for (const value of ['eighty', 'alert', 'loud']) expect(failure).not.toContain(value);
  });

  it('treats an empty variable as absent, and refuses two addresses of the database', () => {
    expect(readConfig({ ...GOOD, DATABASE_URL_FILE: '', PORT: '' })).toMatchObject({
      databaseUrl: GOOD.DATABASE_URL,
      port: 8080,
    });
    expect(() => readConfig({ ...GOOD, DATABASE_URL_FILE: '/run/secrets/url' })).toThrow('DATABASE_URL');
  });
});
