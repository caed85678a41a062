import {
  matchConfirmations,
  warningsAbout,
  type Confirmation,
  type ConfirmedWarning,
} from '../../domain/form/confirmations.ts';
import { checkForm, type FormWarning } from '../../domain/form/form.ts';
import type { FormProblem } from '../../domain/form/form-reading.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { Clock, Form } from '../../domain/matter/values.ts';
import { problem, type FieldError, type Language } from '../http/problems.ts';

/** The checked form with its warnings. Throws `FORM_INVALID` with all mistakes and all warnings. */
export const requireValidForm = (
  matter: Matter,
  given: unknown,
  clock: Clock,
  language: Language,
): { form: Form; warnings: FormWarning[] } => {
  const checked = checkForm(matter, given, clock);
  if (checked.ok) return checked;
  const warnings = inLanguage(checked.warnings, language);
  throw problem('FORM_INVALID', {
    errors: inLanguage(checked.problems, language),
    ...(warnings.length > 0 && { warnings }),
  });
};

/** The confirmed warnings. Throws `FORM_UNCONFIRMED` with all the others. */
export const requireConfirmed = (
  warnings: readonly FormWarning[],
  confirm: readonly Confirmation[],
  language: Language,
): ConfirmedWarning[] => {
  const { confirmed, unconfirmed } = matchConfirmations(warnings, confirm);
  if (unconfirmed.length > 0) throw problem('FORM_UNCONFIRMED', { warnings: inLanguage(unconfirmed, language) });
  return confirmed;
};

/** The warnings without a confirmation, in the language of the caller. */
export const viewUnconfirmed = (
  warnings: readonly FormWarning[],
  confirm: readonly Confirmation[],
  language: Language,
): FieldError[] => inLanguage(matchConfirmations(warnings, confirm).unconfirmed, language);

/** The warnings of a changed form that the changes can have caused. */
export const warningsOfChange = (
  warnings: readonly FormWarning[],
  changes: Readonly<Record<string, unknown>>,
): FormWarning[] => warningsAbout(warnings, Object.keys(changes));

const inLanguage = (found: readonly FormProblem[], language: Language): FieldError[] =>
  found.map(({ path, rule, message }) => ({ path, rule, message: message[language] }));
