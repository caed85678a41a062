import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createScreen, cut } from '../../cli/screen.ts';

const output = (terminal: { columns: number; rows: number } | undefined) => {
  const stream = new PassThrough();
  const out = {
    write: (chunk: string | Uint8Array) => stream.write(chunk),
    isTTY: terminal !== undefined,
    ...terminal,
  };
  return { screen: createScreen(out), text: () => String(stream.read() ?? '') };
};

test('on a terminal each picture replaces the last one', () => {
  const { screen, text } = output({ columns: 80, rows: 24 });
  screen.draw(['one', 'two']);
  expect(text()).toBe('\u001b[2Kone\n\u001b[2Ktwo\n\u001b[J');
  screen.draw(['three']);
  expect(text()).toBe('\u001b[2A\u001b[2Kthree\n\u001b[J');
});

test('a picture has no more lines than the terminal has rows', () => {
  const { screen, text } = output({ columns: 80, rows: 3 });
  screen.draw(['one', 'two', 'three']);
  expect(text()).not.toContain('three');
});

test('elsewhere only lines that changed are printed', () => {
  const { screen, text } = output(undefined);
  screen.draw(['case', 'a waiting', 'b waiting']);
  expect(text()).toBe('case\na waiting\nb waiting\n');
  screen.draw(['case', 'a done', 'b waiting']);
  expect(text()).toBe('a done\n');
});

test('a line is cut to the width of the terminal, where a Chinese character takes two columns', () => {
  expect(cut('abcdef', 4)).toBe('abcd');
  expect(cut('出生一件事', 4)).toBe('出生');
  expect(cut('a出生', 4)).toBe('a出');
});

test('a colour takes no column, and ends where a line is cut', () => {
  expect(cut('\u001b[31mabcdef\u001b[39m gh', 4)).toBe('\u001b[31mabcd\u001b[39m');
});
