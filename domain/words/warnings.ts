import type { Text } from '../matter/schema.ts';

/** The warning at acceptance that no office serves the division that decides a step. */
export const noOfficeText = (division: Text): Text => ({
  zh: `本环节由${division.zh}办理，该地尚无对接单位；受理后请发函办理，并登记复函`,
  en: `This step is decided in ${division.en}, which no office serves. Ask by letter and record the answer`,
});
