import { isAuthority, type AgencyNature } from '../agency/nature.ts';
import type { Text } from '../matter/schema.ts';

/**
 * How an applicant can object to a refusal. The periods run from the service of the decision
 * (行政复议法 2023 art. 20; 行政诉讼法 art. 46), so the text gives the rule and no date.
 */
export const remedyText = (nature: AgencyNature): Text =>
  isAuthority(nature)
    ? {
        zh: '如不服本决定，可以自收到决定书之日起60日内依法申请行政复议，或者自收到决定书之日起6个月内向有管辖权的人民法院提起行政诉讼。',
        en: 'If you disagree, you can apply for administrative reconsideration within 60 days of receiving the decision letter, or bring an action before the competent people’s court within 6 months of receiving it.',
      }
    : {
        zh: '如对本答复有异议，可以向该单位或其行业主管部门反映，也可以拨打政务服务便民热线12345投诉。',
        en: 'If you disagree, you can complain to this organisation or to the authority in charge of it, or call the government service hotline 12345.',
      };
