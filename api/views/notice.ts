import { askedItem } from '../../agencies/contract.ts';
import type { NoticeRow } from '../../db/cases/notices.ts';
import type { NoticeView } from '../../contract/supplements.ts';
import { instants, iso } from './instants.ts';

/**
 * A notice with its texts. `read` returns the body of the message that asked, or undefined if the
 * caller may not read it.
 */
export const noticeView = (
  notice: NoticeRow,
  read: (messageId: string, stepId: string | undefined) => unknown,
): NoticeView => ({
  id: notice.id,
  status: notice.status,
  since: iso(notice.since),
  ...instants(notice, ['notifiedAt', 'dueAt']),
  items: notice.items.map(({ id, stepId, messageId, place, answered, nothingFurther }) => {
    const words = askedItem(read(messageId, stepId), place);
    return {
      id,
      answered,
      ...(nothingFurther && { nothingFurther }),
      ...(stepId !== undefined && { step: stepId }),
      ...words,
    };
  }),
});
