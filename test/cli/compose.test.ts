import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readKeys } from '../../db/sql/sealing.ts';

/** Only the checked parts; all other keys are accepted. */
const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.string().optional(),
      user: z.string().optional(),
      restart: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
      secrets: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      networks: z.array(z.string()),
      ports: z.array(z.string()).default([]),
      depends_on: z
        .record(
          z.string(),
          z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully', 'service_started']) }),
        )
        .default({}),
      healthcheck: z.object({ disable: z.boolean().optional() }).optional(),
      cap_drop: z.array(z.string()),
      deploy: z.object({ resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }) }),
    }),
  ),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const exists = (path: string): boolean => existsSync(new URL(`../../${path}`, import.meta.url));

const text = read('docker-compose.yml');
const dockerfile = read('Dockerfile');
const compose = Compose.parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);
const isOneShot = (name: string): boolean =>
  services.some(([, service]) => service.depends_on[name]?.condition === 'service_completed_successfully');

describe.each(services)('the service %s', (name, service) => {
  test('refers only to services, secrets, networks, volumes and files that exist', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on)));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets));
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks));
    for (const volume of service.volumes) {
      const [source = ''] = volume.split(':');
      expect(source.startsWith('.') ? exists(source) : source in compose.volumes, source).toBe(true);
    }
  });

  test('is given every secret that its environment names, and takes secrets in no other way', () => {
    for (const [variable, value] of Object.entries(service.environment)) {
      const secret = /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1];
      if (secret !== undefined) expect(service.secrets, variable).toContain(secret);
      if (/PASS|PWD|SECRET|TOKEN|KEY|DATABASE_URL/.test(variable)) expect(secret, variable).toBeDefined();
    }
  });

  test('runs a pinned image', () => {
    expect(service.image).toMatch(/:\d+\.\d+/);
  });

  test('does not run as root and has no capabilities', () => {
    expect(service.user).toMatch(/^(node|postgres|temporal)$/);
    expect(service.cap_drop).toEqual(['ALL']);
  });

  test('is checked while it runs, or ends by itself', () => {
    const checked =
      service.healthcheck === undefined ? service.build !== undefined : service.healthcheck.disable !== true;
    expect(checked).toBe(!isOneShot(name));
    expect(service.restart).toBe(isOneShot(name) ? 'on-failure:5' : 'unless-stopped');
  });

  test('is awaited by a condition that it can fulfil', () => {
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      expect(condition, other).toBe(isOneShot(other) ? 'service_completed_successfully' : 'service_healthy');
    }
  });
});

describe('the installation', () => {
  test('uses every secret, network and volume that it declares', () => {
    const used = services.flatMap(([, service]) => [
      ...service.secrets,
      ...service.networks,
      ...service.volumes.map((volume) => volume.split(':')[0]),
    ]);
    const declared = [compose.secrets, compose.networks, compose.volumes].flatMap((part) => Object.keys(part));
    expect(used).toEqual(expect.arrayContaining(declared));
  });

  test('opens one port, the api’s, on the loopback interface', () => {
    expect(services.filter(([, { ports }]) => ports.length > 0).map(([name]) => name)).toEqual(['api']);
    expect(compose.services['api']!.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  test('can run several processes of each service of its own, the api with a range of ports', () => {
    expect(text).not.toContain('container_name:');
    expect(compose.services['api']!.ports[0]).toMatch(/^127\.0\.0\.1:\$\{ONE_MATTER_PORT:-\d+\}:\d+$/);
  });

  test('keeps Postgres and Temporal off the outer network, and the api off the network of Temporal', () => {
    expect(compose.networks['inner']!.internal).toBe(true);
    const outside = services.filter(([, { networks }]) => networks.includes('outer')).map(([name]) => name);
    expect(outside).toEqual(['api', 'worker']);
    expect(JSON.stringify(compose.services['api'])).not.toContain('temporal');
  });

  test('has no secret in its files', () => {
    const scripts = ['deploy/postgres', 'deploy/temporal'].flatMap((folder) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url)).map((file) => read(`${folder}/${file}`)),
    );
    for (const file of [text, dockerfile, ...scripts]) expect(file).not.toMatch(/:\/\/\w+:[^$[%\s]+@/);
  });
});

describe('the image', () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1)!;

  test('is built on one pinned release of Node 24', () => {
    const outside = stages.filter((stage) => !stage.startsWith('base'));
    expect(outside).toHaveLength(1);
    expect(outside[0]).toMatch(/^node:24\.\d+\.\d+-trixie-slim AS base\n/);
  });

  test('holds the built program with production dependencies only, and no sources', () => {
    const copied = [...last.matchAll(/^COPY (.+)$/gm)].map(([, what]) => what);
    expect(copied).toEqual([
      'package.json LICENSE ./',
      '--from=dependencies /app/node_modules node_modules',
      '--from=build /app/dist dist',
    ]);
    expect(stages.find((stage) => stage.startsWith('base AS dependencies'))).toContain('npm ci --omit=dev');
  });

  test('runs in production mode, without root, with a health check', () => {
    expect(last).toContain('NODE_ENV=production');
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
  });

  test('is built from a context that holds every folder of the build and no secrets', () => {
    const { include } = z.object({ include: z.array(z.string()) }).parse(JSON.parse(read('tsconfig.build.json')));
    const ignore = read('.dockerignore').split('\n');
    expect(ignore).toContain('*');
    expect(ignore).toEqual(expect.arrayContaining(include.map((folder) => `!${folder}`)));
    expect(ignore).not.toContain('!secrets');
  });
});

describe('make-secrets.sh', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'one-matter-')), 'secrets');
  const script = new URL('../../deploy/make-secrets.sh', import.meta.url).pathname;
  const secret = (name: string): string => readFileSync(join(folder, name), 'utf8');
  beforeAll(() => execFileSync(script, [folder]));
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  test('writes exactly the files that the installation declares', () => {
    const files = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''));
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', ...files].sort());
  });

  test('keeps the folder from other users and out of version control', () => {
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    expect(secret('.gitignore')).toBe('*\n');
  });

  test('makes passwords of 32 random bytes, no two alike', () => {
    const passwords = [
      secret('postgres_password'),
      secret('temporal_password'),
      new URL(secret('database_url')).password,
      new URL(secret('migration_database_url')).password,
    ];
    for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(passwords)).toHaveLength(4);
  });

  test('makes keys that the service reads, the search key another than the sealing key', () => {
    const keys = readKeys({ file: join(folder, 'keys') });
    expect(keys.search).not.toBe(keys.sealing[keys.current]);
  });

  test('does not overwrite existing files', () => {
    const before = secret('keys');
    expect(() => execFileSync(script, [folder], { stdio: 'pipe' })).toThrow('not overwritten');
    expect(secret('keys')).toBe(before);
  });
});
