import type { LedgerEntry } from '../../domain/case/ledger.ts';

/**
 * A case as it ran: what Temporal kept of it, and the entries that its workflow wrote into the
 * ledger.
 */
export interface Recording {
  history: object;
  ledger: LedgerEntry[];
}

/**
 * As a JSON file. Temporal's own JSON cannot be read back here, where its packages have a
 * protobufjs each that do not know the others' types; so this is the message itself, with bytes as
 * base64 and 64-bit integers as numbers.
 */
export const writeRecording = ({ history, ledger }: Recording): string =>
  `${JSON.stringify({ ledger, history: toPlain(history) })}\n`;

/** The history is as `Worker.runReplayHistory` takes it. */
export const readRecording = (text: string): Recording =>
  JSON.parse(text, (_key, value: unknown) =>
    isBytes(value) ? Buffer.from(value.base64, 'base64') : value,
  ) as Recording;

const toPlain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  if (isLong(value)) return value.toNumber();
  return Object.fromEntries(
    Object.entries(value)
      // Stack traces name files of the machine.
      .filter(([key, inner]) => inner !== null && key !== 'stackTrace')
      .map(([key, inner]) => [key, toPlain(inner)]),
  );
};

const isLong = (value: object): value is { toNumber: () => number } => 'low' in value && 'toNumber' in value;
const isBytes = (value: unknown): value is { base64: string } =>
  typeof value === 'object' && value !== null && 'base64' in value;
