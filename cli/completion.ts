import type { Argument, Command } from 'commander';

/**
 * Completion for shells, generated from the tree of commands, so that it has every command, option
 * and choice of this version.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface CommandPlace {
  /** The words of the command: empty at the top, `case list` further down. */
  path: string;
  words: { word: string; about: string }[];
}

/** The script for a shell. */
export const completionScript = (program: Command, shell: Shell): string => {
  const places = placesOf(program, program, '');
  switch (shell) {
    case 'bash':
      return bash(places);
    case 'zsh':
      return zsh(places);
    case 'fish':
      return fish(places);
  }
};

const placesOf = (program: Command, command: Command, path: string): CommandPlace[] => {
  const inner = command.commands.filter((one) => one.name() !== 'help');
  const options = [...command.options, ...(command === program ? [] : program.options)];
  const words = [
    ...inner.map((one) => ({ word: one.name(), about: one.description() })),
    ...command.registeredArguments.flatMap(choicesOf),
    ...options.flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])),
    ...options.flatMap(({ argChoices = [] }) => argChoices.map((word) => ({ word, about: '' }))),
  ];
  const known = words.filter(({ word }, index) => words.findIndex((other) => other.word === word) === index);
  return [
    { path, words: known },
    ...inner.flatMap((one) => placesOf(program, one, path === '' ? one.name() : `${path} ${one.name()}`)),
  ];
};

const choicesOf = ({ argChoices = [] }: Argument): CommandPlace['words'] =>
  argChoices.map((word) => ({ word, about: '' }));

const joinWords = ({ words }: CommandPlace): string => words.map(({ word }) => word).join(' ');

/**
 * Collects the words of the command, without options, their values and arguments, and finds what
 * may follow. In zsh the variable `path` is special.
 */
const PATH = `  local word at="" known
  for word in "\${seen[@]}"; do
    case "$word" in -*) continue ;; esac
    if _one_matter_words "\${at:+$at }$word" >/dev/null; then at="\${at:+$at }$word"; fi
  done
  known="$(_one_matter_words "$at")"`;

const wordsFunction = (places: readonly CommandPlace[]): string =>
  [
    '_one_matter_words() {',
    '  case "$1" in',
    ...places.map((place) => `    '${place.path}') echo '${joinWords(place)}' ;;`),
    '    *) return 1 ;;',
    '  esac',
    '}',
  ].join('\n');

const bash = (places: readonly CommandPlace[]): string =>
  [
    wordsFunction(places),
    '_one_matter() {',
    '  local seen=("${COMP_WORDS[@]:1:COMP_CWORD-1}")',
    PATH,
    '  COMPREPLY=($(compgen -W "$known" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _one_matter one-matter',
  ].join('\n');

const zsh = (places: readonly CommandPlace[]): string =>
  [
    '#compdef one-matter',
    wordsFunction(places),
    '_one_matter() {',
    '  local -a seen=("${words[@]:1:$((CURRENT-2))}")',
    PATH,
    '  compadd -- ${=known}',
    '  _files',
    '}',
    // The first completion runs this file as the function `_one-matter`.
    'if [[ "${funcstack[1]}" == _one-matter ]]; then _one_matter; else compdef _one_matter one-matter; fi',
  ].join('\n');

/** The same for fish, which offers the words with their descriptions. */
const FISH_AT = `function __one_matter_at
  set -l at
  set -l seen (commandline -opc)
  for word in $seen[2..-1]
    string match -q -- '-*' $word; and continue
    set -l next (string join ' ' $at $word)
    contains -- $next $__one_matter_paths; and set at $next
  end
  test "$at" = "$argv[1]"
end`;

const fish = (places: readonly CommandPlace[]): string =>
  [
    `set -g __one_matter_paths ${places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join(' ')}`,
    FISH_AT,
    ...places.flatMap(({ path, words }) =>
      words.map(({ word, about }) => {
        const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
        return `complete -c one-matter -n '__one_matter_at "${path}"' ${what} -d '${about.replaceAll("'", '’')}'`;
      }),
    ),
  ].join('\n');
