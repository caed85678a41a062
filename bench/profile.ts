import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file format of `node --cpu-prof`. */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
  startTime: number;
}

const ROWS = 40;
/** Threads with less time are left out. */
const LEAST_MS = 0.5;
const NOT_AT_WORK = new Set(['(idle)', '(program)']);

/** A span on the monotonic clock of this machine, which the profiles also use. */
export interface Span {
  fromUs: number;
  toUs: number;
}

export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * The time of every profile in a folder within a span, in milliseconds per case: by package or
 * source folder, by function, and by function of this repository with everything that it calls.
 * Waiting for the processor is included.
 */
export const drawProfiles = (folder: string, span: Span, cases: number): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort()
    .flatMap((name) => drawProfile(join(folder, name), span, cases))
    .join('\n');

/** Such as `pg-pool/index.js`, `db/cases/ledger.ts` or `node:crypto`; native code has no file. */
const placeOf = (url: string): string => {
  if (url === '') return '(native)';
  const path = url.replace(/^file:\/\//, '').replace(/\?.*$/, '');
  const [, modulePath] = /.*\/node_modules\/(.+)$/.exec(path) ?? [];
  return modulePath ?? path.replace(`${process.cwd()}/`, '');
};

const ownerOf = (place: string): string => {
  const [first = '', second = ''] = place.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
};

const drawProfile = (file: string, { fromUs, toUs }: Span, cases: number): string[] => {
  const { nodes, samples, timeDeltas, startTime } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child): [number, number] => [child, id])),
  );
  const sums = {
    package: new Map<string, number>(),
    self: new Map<string, number>(),
    within: new Map<string, number>(),
  };
  const add = (of: Map<string, number>, key: string, ms: number) => of.set(key, (of.get(key) ?? 0) + ms);

  let atUs = startTime;
  samples.forEach((id, index) => {
    const deltaUs = timeDeltas[index] ?? 0;
    atUs += deltaUs;
    if (atUs < fromUs || atUs > toUs || NOT_AT_WORK.has(nodeOf.get(id)?.callFrame.functionName ?? '')) return;
    const ms = deltaUs / 1000 / cases;
    const seen = new Set<string>();
    for (let node: number | undefined = id; node !== undefined; node = parentOf.get(node)) {
      const { functionName, url, lineNumber } = nodeOf.get(node)!.callFrame;
      const place = placeOf(url);
      const name = `${functionName === '' ? '(anonymous)' : functionName} ${place}:${lineNumber + 1}`;
      if (node === id) {
        add(sums.self, name, ms);
        add(sums.package, ownerOf(place), ms);
      }
      const isOwn = url !== '' && !url.includes('node_modules') && !url.startsWith('node:');
      if (isOwn && !seen.has(name)) add(sums.within, name, ms);
      seen.add(name);
    }
  });
  const total = [...sums.package.values()].reduce((sum, ms) => sum + ms, 0);
  if (total < LEAST_MS) return [];
  const draw = (title: string, of: Map<string, number>) => {
    const sorted = [...of].sort(([, a], [, b]) => b - a).slice(0, ROWS);
    return [`  ${title}`, ...sorted.map(([name, ms]) => `${ms.toFixed(3).padStart(10)}  ${name}`)];
  };
  return [
    `${file}: ${total.toFixed(2)} ms a case`,
    ...draw('by package', sums.package),
    ...draw('by function', sums.self),
    ...draw('by function of this program, with all that it calls', sums.within),
  ];
};
