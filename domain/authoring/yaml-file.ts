import { LineCounter, parseDocument, visit, type Document } from 'yaml';
import { z } from 'zod';
import { pathText, type DefinitionProblem, type Finding } from './findings.ts';
import type { SourceFile } from './parts.ts';
import { positions, type Position } from './positions.ts';
import { FILE_FINDINGS, type FindingWords } from '../words/findings.ts';
import { explainIssues } from './schema-findings.ts';

/** The readable part of a definition file. */
export interface ParsedFile<T> {
  value?: T;
  problems: DefinitionProblem[];
  /** Adds the places in the file to findings of later checks. */
  locate: (findings: readonly Finding[]) => DefinitionProblem[];
}

/**
 * Reads YAML by a schema: syntax, repeated keys, then the findings of the schema. Every problem has
 * its place.
 */
export const parseDefinition = <T>(schema: z.ZodType<T>, source: string, file: string): ParsedFile<T> => {
  const yaml = readYaml(source, file);
  return checkSchema(schema, yaml, positions(yaml.document, yaml.from, new WeakMap()));
};

export interface YamlFile {
  document: Document;
  from: SourceFile;
  unreadable: DefinitionProblem[];
}

/** Reads the YAML of a file; returns the problems that make it unreadable, with their places. */
export const readYaml = (source: string, file: string): YamlFile => {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column };
  };
  const problemAt = (start: number, rule: string, words: FindingWords): DefinitionProblem => ({
    ...{ file, ...lineAt(start), rule, path: '', ...words },
  });
  const repeated = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  // After one mistake in YAML all following text looks wrong, so only the first is reported.
  const broken = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, 1);
  const unreadable = [
    ...repeated.map(({ pos: [start] }) =>
      problemAt(start, 'duplicate-key', FILE_FINDINGS.duplicateKey(keyAt(source, start))),
    ),
    ...broken.map(({ message, pos: [start] }) => problemAt(start, 'yaml', FILE_FINDINGS.yaml(message))),
  ];
  visit(document, {
    Alias: (_, { source: name, range }) => {
      unreadable.push(problemAt(range?.[0] ?? 0, 'yaml', FILE_FINDINGS.alias(name)));
    },
  });
  return { document, from: { file, source, lineAt }, unreadable };
};

/** Adds the findings of the schema to earlier ones. */
export const checkSchema = <T>(
  schema: z.ZodType<T>,
  { document, unreadable }: YamlFile,
  position: (finding: Finding) => Position,
  found: readonly DefinitionProblem[] = [],
): ParsedFile<T> => {
  const locate = (findings: readonly Finding[]): DefinitionProblem[] =>
    findings
      .map((finding) => ({
        ...position(finding),
        rule: finding.rule,
        path: pathText(finding.path),
        message: finding.message,
        fix: finding.fix,
      }))
      .sort(comparePlaces);
  const before = [...unreadable, ...found];
  // After a repeated key the rest is still readable; after any other mistake it is not.
  if (unreadable.some(({ rule }) => rule === 'yaml')) return { problems: unreadable, locate };

  const input: unknown = document.toJS();
  const result = schema.safeParse(input);
  const problems = [
    ...before,
    ...locate(result.error ? explainIssues(result.error.issues, input, z.toJSONSchema(schema, { io: 'input' })) : []),
  ].sort(comparePlaces);
  return { ...(problems.length === 0 && result.success && { value: result.data }), problems, locate };
};

/** By place, file by file. */
export const comparePlaces = (a: DefinitionProblem, b: DefinitionProblem): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;

const keyAt = (source: string, start: number): string => /^[^\s:]*/.exec(source.slice(start))?.[0] ?? '';
