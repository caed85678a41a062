import { parseArgs } from 'node:util';
import type { Text } from '../domain/matter/schema.ts';
import { dropEmpty } from '../runtime/environment.ts';
import { TEXTS, type TextKey } from './texts/texts.ts';

export type Language = keyof Text;

export type Environment = Readonly<Record<string, string | undefined>>;

/** An output: a stream of the process, or that of a test. */
export interface Output {
  write: (chunk: string | Uint8Array) => unknown;
  isTTY?: boolean;
  /** Only terminals have a width. */
  columns?: number;
  rows?: number;
}

/** What a command may use outside itself. */
export interface ProcessContext {
  stdout: Output;
  stderr: Output;
  /** An empty variable counts as absent. */
  env: Environment;
  /** Ends a command that runs until Ctrl-C (`--watch`). */
  signal?: AbortSignal;
}

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof STYLES;

/** The terminal of the user: outputs, language, colours. */
export interface Terminal extends ProcessContext {
  language: Language;
  /** Only data and errors are printed. */
  quiet: boolean;
  /** The installation that `--profile` or `ONE_MATTER_PROFILE` names. */
  profile: string | undefined;
  /**
   * A text in the language of the terminal. Replaces `{name}` by a parameter, and `{cli}` by the
   * command that calls this program.
   */
  t: (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;
  /** In colour if standard output is a terminal with colours. */
  paint: (style: Style, text: string) => string;
  /** Prints data. */
  print: (lines: string | readonly string[]) => void;
  /** Prints remarks, which are not data; not with `--quiet`. */
  remark: (line: string) => void;
}

/** The options of every command. Commander declares them again for the help (program.ts). */
const GLOBAL_OPTIONS = {
  lang: { type: 'string' },
  profile: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  'no-color': { type: 'boolean' },
} as const;

/** Reads the options of every command first, because the language of the help depends on them. */
export const createTerminal = (argv: readonly string[], world: ProcessContext): Terminal => {
  const { values } = parseArgs({ args: [...argv], strict: false, options: GLOBAL_OPTIONS });
  const { stdout } = world;
  const env = dropEmpty(world.env);
  const language = languageOf(typeof values.lang === 'string' ? values.lang : undefined, env);
  const quiet = values.quiet === true;
  const cli = findCommandName(env);
  const hasColors = stdout.isTTY === true && values['no-color'] !== true && env['NO_COLOR'] === undefined;
  const print = (lines: string | readonly string[]): void => {
    for (const line of [lines].flat()) stdout.write(`${line}\n`);
  };
  return {
    ...world,
    env,
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

/**
 * The command that calls this program, for texts that name commands. It repeats `ONE_MATTER_HOME`
 * if that is not the default.
 */
const findCommandName = ({ npm_lifecycle_event: script, ONE_MATTER_HOME: home }: Environment): string =>
  `${home === undefined ? '' : `ONE_MATTER_HOME='${home}' `}${script === undefined ? 'one-matter' : 'npm run cli --'}`;

/** `--lang`, else the language of the locale. */
const languageOf = (flag: string | undefined, env: Environment): Language =>
  /^zh/i.test(flag ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '') ? 'zh' : 'en';

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
