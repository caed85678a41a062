import { parseArgs } from 'node:util';
import type { Text } from '../domain/matter/schema.ts';
import { TEXTS, type TextKey } from './texts/texts.ts';

export type Language = keyof Text;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is written to: a stream of the process, or what a test gives in its place. */
export interface Output {
  write: (chunk: string | Uint8Array) => unknown;
  isTTY?: boolean;
  /** Of a terminal. */
  columns?: number;
  rows?: number;
}

/** What a command may touch outside of itself. */
export interface World {
  stdout: Output;
  stderr: Output;
  env: Environment;
  /** Ends what would go on until Ctrl-C (`--watch`). */
  signal?: AbortSignal;
}

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof STYLES;

/** The person at the terminal: where to write, in which language, how. */
export interface Terminal extends World {
  language: Language;
  /** Only data and errors are printed. */
  quiet: boolean;
  /** The installation that `--profile` or `ONE_MATTER_PROFILE` names. */
  profile: string | undefined;
  /** A text in the language of the terminal; `{name}` in it is replaced, `{cli}` by how this program is called. */
  t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** In colour where standard output is a terminal that wants it. */
  paint: (style: Style, text: string) => string;
  /** Prints data. */
  print: (lines: string | readonly string[]) => void;
  /** Prints what is good to know and no data; not with `--quiet`. */
  remark: (line: string) => void;
}

/** What every command understands; commander declares them again for the help (program.ts). */
const GLOBAL_OPTIONS = {
  lang: { type: 'string' },
  profile: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  'no-color': { type: 'boolean' },
} as const;

/** Reads the options that every command has, since the help is written in their language too. */
export const createTerminal = (argv: readonly string[], world: World): Terminal => {
  const { values } = parseArgs({ args: [...argv], strict: false, options: GLOBAL_OPTIONS });
  const { stdout, env } = world;
  const language = languageOf(typeof values.lang === 'string' ? values.lang : undefined, env);
  const quiet = values.quiet === true;
  const cli = calledAs(env);
  const hasColors = stdout.isTTY === true && values['no-color'] !== true && (env['NO_COLOR'] ?? '') === '';
  const print = (lines: string | readonly string[]): void => {
    for (const line of [lines].flat()) stdout.write(`${line}\n`);
  };
  return {
    ...world,
    language,
    quiet,
    profile: typeof values.profile === 'string' ? values.profile : env['ONE_MATTER_PROFILE'],
    t: (key, replaced = {}) => fill(TEXTS[language][key], { cli, ...replaced }),
    paint: (style, text) => {
      const [on, off] = STYLES[style];
      return hasColors ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    },
    print,
    remark: (line) => {
      if (!quiet) print(line);
    },
  };
};

/** How this program was called, for the commands that texts name; another home is found only when it is named again. */
const calledAs = ({ npm_lifecycle_event: script, ONE_MATTER_HOME: home }: Environment): string =>
  `${home === undefined ? '' : `ONE_MATTER_HOME='${home}' `}${script === undefined ? 'one-matter' : 'npm run cli --'}`;

/** `--lang`, else the language of the locale. */
const languageOf = (wanted: string | undefined, env: Environment): Language =>
  /^zh/i.test(wanted ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'zh' : 'en';

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
