export interface Screen {
  /** Shows these lines in place of what was shown before. */
  draw: (lines: readonly string[]) => void;
}

/** On a terminal the lines are drawn over the last ones; elsewhere (a file, a pipe) only those that are new are printed. */
export const createScreen = (out: NodeJS.WriteStream): Screen => (out.isTTY ? terminal(out) : plain(out));

const terminal = (out: NodeJS.WriteStream): Screen => {
  let height = 0;
  return {
    draw(all) {
      // What has scrolled away cannot be drawn over.
      const lines = all.slice(0, out.rows - 1);
      const back = height === 0 ? '' : `\u001b[${height}A`;
      // Each line cut to the width, or the count of lines to go back would be wrong; wide characters count twice.
      const text = lines.map((line) => `\u001b[2K${cut(line, out.columns - 1)}\n`).join('');
      out.write(`${back}${text}\u001b[J`);
      height = lines.length;
    },
  };
};

const plain = (out: NodeJS.WriteStream): Screen => {
  let before = new Set<string>();
  return {
    draw(lines) {
      for (const line of lines) if (!before.has(line)) out.write(`${line}\n`);
      before = new Set(lines);
    },
  };
};

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** As much of a line as fits into so many columns. */
export const cut = (line: string, columns: number): string => {
  let width = 0;
  let kept = '';
  for (const character of line) {
    width += WIDE.test(character) ? 2 : 1;
    if (width > columns) return kept;
    kept += character;
  }
  return kept;
};
