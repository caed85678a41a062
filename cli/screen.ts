import type { Output } from './terminal.ts';

export interface Screen {
  /** Replaces the lines that were shown before. */
  draw: (lines: readonly string[]) => void;
}

/**
 * A terminal redraws the lines in place. A file or a pipe gets only the new lines.
 */
export const createScreen = (out: Output): Screen =>
  out.isTTY === true ? createTerminalScreen(out) : createPlainScreen(out);

const USUAL = { columns: 80, rows: 24 };

const createTerminalScreen = (out: Output): Screen => {
  let height = 0;
  return {
    draw(all) {
      const { columns = USUAL.columns, rows = USUAL.rows } = out;
      // Lines that have scrolled off the screen cannot be redrawn.
      const lines = all.slice(0, rows - 1);
      const back = height === 0 ? '' : `\u001b[${height}A`;
      // Each line is cut to the width, because a wrapped line would make the count of lines wrong.
      // Wide characters count twice.
      const text = lines.map((line) => `\u001b[2K${cut(line, columns - 1)}\n`).join('');
      out.write(`${back}${text}\u001b[J`);
      height = lines.length;
    },
  };
};

const createPlainScreen = (out: Output): Screen => {
  let before = new Set<string>();
  return {
    draw(lines) {
      for (const line of lines) if (!before.has(line)) out.write(`${line}\n`);
      before = new Set(lines);
    },
  };
};

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
/** Escape codes of colours take no column. */
const STYLE = /(\u001b\[[\d;]*m)/;

const columnsOf = (character: string): number => (WIDE.test(character) ? 2 : 1);

/** The columns of a text without styles; a Chinese character takes two. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + columnsOf(character), 0);

/** Cuts a line to a number of columns. Keeps all style codes, so that no style stays on. */
export const cut = (line: string, columns: number): string => {
  let width = 0;
  return line
    .split(STYLE)
    .map((part) => {
      if (STYLE.test(part)) return part;
      let kept = '';
      for (const character of part) {
        width += columnsOf(character);
        if (width > columns) return kept;
        kept += character;
      }
      return kept;
    })
    .join('');
};
