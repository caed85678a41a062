import { createHash } from 'node:crypto';
import { parseRequestId, type Decision, type StepRequest } from '../../agencies/contract.ts';
import { parseStepId } from '../../domain/case/step-id.ts';
import { FORMAT_EXAMPLES } from '../../domain/form/fields.ts';
import { citizenIdCheckDigit } from '../../domain/form/person-formats.ts';
import type { ResultField } from '../../domain/matter/schema.ts';

type Values = NonNullable<Decision['result']>;

/**
 * The declared result of an approval. What the request says under the name of a field is right: a
 * hospital's record agrees with the form. Other values are invented, in the right format, and the
 * same in every round of the step.
 */
export const inventResult = ({
  requestId,
  form,
  resultFields = [],
}: Pick<StepRequest, 'requestId' | 'form' | 'resultFields'>): Values =>
  Object.fromEntries(
    resultFields.map((field) => [field.id, findValue(form, field.id) ?? inventValue(field, requestId, form)]),
  );

/** The first value of this name, anywhere in the form. */
const findValue = (value: unknown, name: string): Values[string] | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const isValue = typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean';
    const found = key === name && isValue ? inner : findValue(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const inventValue = (field: ResultField, requestId: string, form: Record<string, unknown>): Values[string] => {
  const { type, format, choices = [], minimum = 1, maximum = Infinity } = field;
  switch (type) {
    case 'integer':
    case 'number':
      return Math.min(Math.max(minimum, 1), maximum);
    case 'boolean':
      return true;
    case 'choice':
      return choices[0]?.value ?? '';
    case 'text':
      return format === undefined ? `SX${digitsOf(requestId, 12)}` : inventText(format, requestId, form);
  }
};

const inventText = (
  format: NonNullable<ResultField['format']>,
  requestId: string,
  form: Record<string, unknown>,
): string => {
  switch (format) {
    case 'citizen-id':
      return inventCitizenId(requestId, form);
    case 'title-no':
      return `浙（${new Date().getUTCFullYear()}）示例市不动产权第${digitsOf(requestId, 7)}号`;
    case 'birth-certificate-no':
      return `S${digitsOf(requestId, 9)}`;
    case 'date':
      return new Date().toISOString().slice(0, 10);
    default:
      return FORMAT_EXAMPLES[format];
  }
};

/** Of a person born as the form says, in the test division; each item of a list has another one. */
const inventCitizenId = (requestId: string, form: Record<string, unknown>): string => {
  const { caseId = '', stepId = '' } = parseRequestId(requestId) ?? {};
  const item = parseStepId(stepId)?.number ?? 1;
  const birth = String(findValue(form, 'birthTime') ?? '2024-11-20')
    .slice(0, 10)
    .replaceAll('-', '');
  const isMale = findValue(form, 'sex') === 'male';
  const sequence = ((hashOf(caseId) % 400) + item) * 2 + (isMale ? 1 : 0);
  const first17 = `339900${birth}${String(sequence).padStart(3, '0')}`;
  return first17 + citizenIdCheckDigit(first17);
};

const digitsOf = (requestId: string, length: number): string => {
  const { caseId, stepId } = parseRequestId(requestId) ?? {};
  return String(hashOf(`${caseId}:${stepId}`) % 10 ** length).padStart(length, '0');
};

/** 48 bits. */
const hashOf = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16);
