import { readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type BuildResult } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = readdirSync(new URL('../../contract', import.meta.url)).map((name) => `contract/${name}`);

/** The contract, the rules that it names, the messages of the agency protocol, and zod. */
const ALLOWED = [
  /^contract\/[a-z-]+\.ts$/,
  /^domain\/([a-z-]+\/)?[a-z-]+\.(ts|json)$/,
  /^agencies\/contract\.ts$/,
  /^node_modules\/zod\//,
];

/** Bundles for a browser. The built-ins of Node stay outside of the bundle and are listed. */
const bundle = (contents: string) =>
  build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
    external: ['node:*', ...builtinModules],
  });

/** The files and packages of a bundle that a browser is not to be sent. */
const findStrangers = ({ metafile }: Pick<BuildResult<{ metafile: true }>, 'metafile'>): string[] => {
  const inputs = Object.keys(metafile.inputs).filter((file) => file !== '<stdin>');
  const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external === true).map(({ path }) => path),
  );
  return [...inputs.filter((file) => !ALLOWED.some((allowed) => allowed.test(file))), ...outside];
};

describe('the contract, bundled for a browser', () => {
  let bundled: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    bundled = await bundle(FILES.map((file, index) => `export * as part${index} from './${file}';`).join('\n'));
  });

  it('contains all its files, no server package and no built-in of Node', () => {
    expect(Object.keys(bundled.metafile.inputs)).toEqual(expect.arrayContaining(FILES));
    expect(findStrangers(bundled)).toEqual([]);
  });

  it('contains only rules that need no YAML, no expressions and no files', () => {
    const rules = Object.keys(bundled.metafile.inputs).filter((file) => file.startsWith('domain/'));
    expect(rules).toContain('domain/actions.ts');
    expect(rules.filter((file) => /\/(load|expressions|compile|lint)/.test(file))).toEqual([]);
  });
});

describe('a bundle of what a browser must not be sent', () => {
  it.each([
    ['the database', './db/supervision/stall-list.ts', /^db\/|^node_modules\/pg\//],
    ['the catalog as files', './domain/authoring/load-catalog.ts', /^node_modules\/yaml\/|^node:fs/],
    ['the signatures of agencies', './agencies/signature.ts', /^agencies\/signature|^node:crypto/],
  ])('shows %s', async (_what, file, stranger) => {
    const found = findStrangers(await bundle(`export * from '${file}';`));
    expect(found.filter((name) => stranger.test(name))).not.toEqual([]);
  });
});
