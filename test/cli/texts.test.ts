import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { completionScript, SHELLS } from '../../cli/completion.ts';
import { createProgram } from '../../cli/program.ts';
import { createTerminal, type Language, type Output } from '../../cli/terminal.ts';
import { TEXTS } from '../../cli/texts/texts.ts';
import { runCli } from './in-process.ts';

const nowhere: Output = { write: () => true };
const programIn = (language: Language): Command =>
  createProgram(createTerminal(['--lang', language], { stdout: nowhere, stderr: nowhere, env: {} }));

const listCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(listCommands)];

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

test('a text has the same values to fill in in both languages', () => {
  for (const [key, text] of Object.entries(TEXTS.en)) {
    expect(placeholders(TEXTS.zh[key as keyof typeof TEXTS.zh]), key).toEqual(placeholders(text));
  }
});

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  test('every command, argument and option is described', () => {
    for (const command of listCommands(programIn(language))) {
      expect(command.description(), command.name()).not.toBe('');
      for (const { long, description } of command.options)
        expect(description, `${command.name()} ${long}`).not.toBe('');
      for (const argument of command.registeredArguments) {
        if (!argument.argChoices) expect(argument.description, `${command.name()} ${argument.name()}`).not.toBe('');
      }
    }
  });
});

test('the help is in one language, without empty defaults', async () => {
  for (const args of [[], ['case'], ['case', 'start'], ['task', 'decide'], ['bulk', 'create']]) {
    const { code, out } = await runCli([...args, '--help', '--lang', 'zh']);
    expect(code).toBe(0);
    expect(out).not.toMatch(/Usage|Options|Commands|display help|default: (false|\[\])/);
  }
  const { out } = await runCli(['--help'], { env: { LANG: 'en_US.UTF-8' } });
  expect(out).toContain('Exit codes: 0 done');
});

test('help prints what --help prints, of the program, of a command and of a command inside it', async () => {
  for (const path of [[], ['case'], ['case', 'list'], ['calendar', 'publish']]) {
    const { code, out } = await runCli(['help', ...path]);
    expect(code).toBe(0);
    expect(out).toBe((await runCli([...path, '--help'])).out);
  }
  const { code, err } = await runCli(['help', 'case', 'nonsense']);
  expect(code).not.toBe(0);
  expect(err).toContain("unknown command 'nonsense'");
});

test('mistakes of a call are reported in the language of the terminal', async () => {
  const env = { LANG: 'zh_CN.UTF-8' };
  const readFirstLine = async (...args: string[]) => (await runCli(args, { env })).err.split('\n')[0];
  expect(await readFirstLine('nonsense')).toBe('错误：没有命令“nonsense”');
  expect(await readFirstLine('case', 'show')).toBe('错误：缺少参数“case”');
  expect(await readFirstLine('case', 'list', '--nope')).toBe('错误：没有选项“--nope”');
  expect(await readFirstLine('case', 'list', '--limit', 'x')).toContain('应为不小于 1 的整数。');
  expect(await readFirstLine('stalls', '--light', 'blue')).toContain('可选：deep-red');
  expect(await readFirstLine('case', 'terminate', 'x')).toContain('缺少选项');
});

test('an empty variable counts as absent', async () => {
  const { err } = await runCli(['nonsense'], { env: { LC_ALL: '', LANG: 'zh_CN.UTF-8' } });
  expect(err).toContain('没有命令');
});

test('colours are printed only to terminals that allow them', async () => {
  const showHelp = (args: string[], env: Record<string, string>, isTTY: boolean) =>
    runCli(['--help', ...args], { env, terminal: { isTTY } });
  expect((await showHelp([], {}, true)).out).toContain('\u001b[1m');
  expect((await showHelp([], {}, false)).out).not.toContain('\u001b');
  expect((await showHelp(['--no-color'], {}, true)).out).not.toContain('\u001b');
  expect((await showHelp([], { NO_COLOR: '1' }, true)).out).not.toContain('\u001b');
});

test('completion knows every command and its options', () => {
  for (const shell of SHELLS) {
    const script = completionScript(programIn('en'), shell);
    for (const word of ['case', 'task', 'decide', 'doctor', '--late', '--profile', 'deep-red'].map((one) =>
      one.replace(/^--/, ''),
    )) {
      expect(script, shell).toContain(word);
    }
  }
});

test('bash completes words by the script', () => {
  const complete = (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `${completionScript(programIn('en'), 'bash')}\nCOMP_WORDS=(one-matter ${list}); COMP_CWORD=${words.length}; _one_matter; echo "\${COMPREPLY[*]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trim().split(' ');
  };
  expect(complete('ta')).toEqual(['task']);
  expect(complete('task', 'd')).toEqual(['decided', 'draft', 'decide']);
  expect(complete('case', 'list', '--la')).toEqual(['--late', '--lang']);
  expect(complete('--profile', 'city', 'case', 'li')).toEqual(['list']);
});
