import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Cell } from './sheet.ts';

/**
 * A workbook (ECMA-376) of one sheet, written as a stream. Texts are inline strings, because a
 * table of shared strings needs all rows first. Existing libraries keep the whole sheet in memory
 * or are not maintained (docs/decisions/0017).
 */
export const xlsxStream = (name: string, lines: AsyncIterable<readonly Cell[]>): Readable => {
  const zip = new ZipFile();
  const part = (path: string, xml: string): void => zip.addBuffer(Buffer.from(HEAD + xml), path);
  part('[Content_Types].xml', CONTENT_TYPES);
  part('_rels/.rels', RELATIONS);
  part('xl/_rels/workbook.xml.rels', WORKBOOK_RELATIONS);
  part(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${RELATION}"><sheets><sheet name="${escapeXml(name.slice(0, 31))}" sheetId="1" r:id="r1"/></sheets></workbook>`,
  );
  const sheet = Readable.from(sheetXml(lines));
  const out = new PassThrough();
  // An error while rows are read must make the file incomplete, not end it silently.
  const fail = (error: Error): void => void out.destroy(error);
  sheet.on('error', fail);
  zip.on('error', fail);
  zip.outputStream.on('error', fail);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml');
  zip.end();
  out.on('close', () => sheet.destroy());
  zip.outputStream.pipe(out);
  return out;
};

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const CONTENT_TYPES = `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`;
const RELATIONS = `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;
const WORKBOOK_RELATIONS = `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`;

async function* sheetXml(lines: AsyncIterable<readonly Cell[]>): AsyncGenerator<string> {
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>`;
  for await (const line of lines) yield `<row>${line.map(xmlCell).join('')}</row>`;
  yield '</sheetData></worksheet>';
}

const xmlCell = (cell: Cell): string => {
  if (cell === undefined) return '<c/>';
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
};

const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

/** Escapes the text and drops characters that XML 1.0 does not allow. */
const escapeXml = (text: string): string =>
  text
    .replaceAll(NOT_XML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
