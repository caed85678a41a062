import type { Command, Help } from 'commander';
import type { Terminal } from './terminal.ts';

/** The texts of commander in the language of the terminal. */

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '通用选项：',
  'Commands:': '命令：',
};

/** The error messages of commander and their Chinese translations; quoted parts are kept. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown command '(.+)'/, '错误：没有命令“$1”'],
  [/^error: unknown option '(.+)'/, '错误：没有选项“$1”'],
  [/^error: missing required argument '(.+)'/, '错误：缺少参数“$1”'],
  [/^error: required option '(.+)' not specified/, '错误：缺少选项“$1”'],
  [/^error: option '(.+)' argument missing/, '错误：选项“$1”缺少值'],
  [/^error: option '(.+)' cannot be used with option '(.+)'/, '错误：选项“$1”与“$2”不能同时使用'],
  [
    /^error: option '(.+)' argument '(.*)' is invalid\. Allowed choices are (.+)\./,
    '错误：选项“$1”不能是“$2”，可选：$3',
  ],
  [/^error: option '(.+)' argument '(.*)' is invalid\. /, '错误：选项“$1”的值“$2”无效：'],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.+)'\. Allowed choices are (.+)\./,
    '错误：参数“$2”不能是“$1”，可选：$3',
  ],
  [
    /^error: too many arguments for '(.+)'\. Expected (\d+) arguments? but got (\d+)/,
    '错误：“$1”的参数过多：应为 $2 个，实为 $3 个',
  ],
  [/^error: too many arguments\. Expected (\d+) arguments? but got (\d+)/, '错误：参数过多：应为 $1 个，实为 $2 个'],
  [/\(Did you mean (?:one of )?(.+)\?\)/, '（是否指 $1？）'],
];

const translate = ({ language }: Terminal, said: string): string =>
  language === 'en' ? said : ERRORS.reduce((text, [pattern, words]) => text.replace(pattern, words), said);

/** A description with the choices and the default. */
const describe = (
  { t }: Terminal,
  description: string,
  choices: readonly string[] | undefined,
  byDefault: unknown,
): string => {
  const more = [
    ...(choices === undefined ? [] : [t('usage.choices', { choices: choices.join(', ') })]),
    ...(typeof byDefault === 'string' || typeof byDefault === 'number'
      ? [t('usage.default', { value: byDefault })]
      : []),
  ];
  return [description, ...(more.length === 0 ? [] : [`(${more.join('; ')})`])].filter((part) => part !== '').join(' ');
};

/**
 * Makes a command, and all commands in it, write to the terminal and throw instead of ending the
 * process.
 */
export const settle = (command: Command, terminal: Terminal): void => {
  const { stdout, stderr, language, t, paint } = terminal;
  command
    .exitOverride()
    .showHelpAfterError()
    .helpOption('-h, --help', t('help.help'))
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(translate(terminal, text)),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => true,
      getErrHasColors: () => false,
    })
    .configureHelp({
      showGlobalOptions: true,
      optionDescription: ({ description, argChoices, defaultValue }) =>
        describe(terminal, description, argChoices, defaultValue),
      argumentDescription: ({ description, argChoices, defaultValue }) =>
        describe(terminal, description, argChoices, defaultValue),
      styleTitle: (title) => paint('bold', language === 'en' ? title : (TITLES[title] ?? title)),
    } satisfies Partial<Help> & { showGlobalOptions: boolean });
  // The program has a help command of its own, for commands inside commands.
  if (command.parent && command.commands.length > 0) command.helpCommand('help [command]', t('help.helpCommand'));
  for (const inner of command.commands) settle(inner, terminal);
};
