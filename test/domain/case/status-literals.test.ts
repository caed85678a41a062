import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CASE_STATUSES, STEP_STATUSES } from '../../../domain/case/status.ts';

/**
 * The rules about statuses are in the status table: no SQL text and no list in `db/` names a status.
 */
const STATUSES: ReadonlySet<string> = new Set([...CASE_STATUSES, ...STEP_STATUSES]);

/** Words with another meaning there: outcomes of messages, states of bulk acts. */
const OTHER_WORDS: Record<string, readonly string[]> = {
  'db/supervision/bulk.ts': ['done', 'refused', 'stopped'],
  'db/worklist/review-queue.ts': ['refused'],
  'db/messages/inbox.ts': ['refused'],
  'db/cases/notices.ts': ['refused'],
};

/** The statuses that a file names in quotes inside a text, and in lists. */
const statusesIn = (file: string, source: string): string[] => {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      for (const [, word = ''] of node.text.matchAll(/'([a-z-]+)'/g)) if (STATUSES.has(word)) found.push(word);
    }
    if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) {
      const words = node.elements.map((element) => (ts.isStringLiteral(element) ? element.text : ''));
      if (words.every((word) => STATUSES.has(word))) found.push(...words);
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return found.filter((word) => !(OTHER_WORDS[file] ?? []).includes(word));
};

describe('the code of db/', () => {
  const files = readdirSync('db', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `db/${name}`);

  it.each(files)('%s names no status of a case or a step', (file) => {
    expect(statusesIn(file, readFileSync(file, 'utf8'))).toEqual([]);
  });

  it('is searched for texts, templates and lists', () => {
    const source = [
      `const a = "status = 'done'";`,
      "const b = `status in ('waiting', ${one}, 'ready')`;",
      `const c = ['accepted', 'suspended'];`,
      `const d = { kind: 'refused' };`,
    ];
    expect(statusesIn('db/example.ts', source.join('\n'))).toEqual([
      'done',
      'waiting',
      'ready',
      'accepted',
      'suspended',
    ]);
  });
});
