import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `node --import tsx bench/profile.ts <folder> [cases] [seconds]`: where the time of the profiles in a folder went, by package or folder
 * of ours and by function; with a number of cases in milliseconds a case, and without the first seconds (start, warm-up).
 */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

const ROWS = 45;

const profilesIn = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => profilesIn(join(path, name)))
    : path.endsWith('.cpuprofile')
      ? [path]
      : [];

/** `pg-pool/index.js`, `db/ledger.ts`, `node:crypto`; native code has no file. */
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

const summarise = (file: string, cases: number, skippedS: number): void => {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child): [number, number] => [child, id])),
  );
  const self = new Map<string, number>();
  const owners = new Map<string, number>();
  const within = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, ms: number) => sums.set(key, (sums.get(key) ?? 0) + ms);

  let elapsedS = 0;
  samples.forEach((id, index) => {
    elapsedS += (timeDeltas[index] ?? 0) / 1_000_000;
    if (elapsedS < skippedS) return;
    const ms = (timeDeltas[index] ?? 0) / 1000 / cases;
    const seen = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parentOf.get(at)) {
      const { functionName, url, lineNumber } = nodeOf.get(at)!.callFrame;
      const place = placeOf(url);
      const name = `${functionName === '' ? '(anonymous)' : functionName} ${place}:${lineNumber + 1}`;
      if (at === id) {
        if (['(idle)', '(program)'].includes(functionName)) return;
        add(self, name, ms);
        add(owners, ownerOf(place), ms);
      }
      // Inclusive time of our own functions only: who of us causes it.
      if (!url.includes('node_modules') && !url.startsWith('node:') && url !== '' && !seen.has(name)) {
        seen.add(name);
        add(within, name, ms);
      }
    }
  });
  const draw = (title: string, sums: Map<string, number>) => {
    console.log(`\n${title}`);
    const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, ROWS);
    for (const [name, ms] of sorted) console.log(`${ms.toFixed(3).padStart(10)}  ${name}`);
  };
  const total = [...self.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`\n== ${file}: ${total.toFixed(2)} ms`);
  draw('by package', owners);
  draw('by function, self', self);
  draw('by function of ours, with all that it calls', within);
};

const [, , folder = '.', cases = '1', seconds = '0'] = process.argv;
for (const file of profilesIn(folder)) summarise(file, Number(cases), Number(seconds));
