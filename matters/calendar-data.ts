import type { CalendarData } from './calendar.ts';

/**
 * Public holidays and make-up working days (调休) as the State Council's General Office announced them, in order of
 * announcement: a later notice overrides an earlier one. Compared day by day with the chinese-days package in a test.
 * A notice may reach back into the December before its year, so deadlines there can move when the next one is loaded.
 */
export const CALENDAR_DATA: CalendarData = {
  version: '2026.1',
  coveredFrom: '2020-01-01',
  coveredUntil: '2026-12-31',
  notices: [
    {
      year: 2020,
      source: '国办发明电〔2019〕16号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2020-01-01', to: '2020-01-01' },
        { zh: '春节', en: 'Spring Festival', from: '2020-01-24', to: '2020-01-30' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2020-04-04', to: '2020-04-06' },
        { zh: '劳动节', en: 'Labour Day', from: '2020-05-01', to: '2020-05-05' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2020-06-25', to: '2020-06-27' },
        { zh: '国庆节、中秋节', en: 'National Day and Mid-Autumn Festival', from: '2020-10-01', to: '2020-10-08' },
      ],
      workdays: ['2020-01-19', '2020-02-01', '2020-04-26', '2020-05-09', '2020-06-28', '2020-09-27', '2020-10-10'],
    },
    {
      year: 2020,
      source: '国办发明电〔2020〕1号',
      holidays: [{ zh: '春节（延长）', en: 'Spring Festival (extended)', from: '2020-01-31', to: '2020-02-02' }],
      workdays: [],
    },
    {
      year: 2021,
      source: '国办发明电〔2020〕27号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2021-01-01', to: '2021-01-03' },
        { zh: '春节', en: 'Spring Festival', from: '2021-02-11', to: '2021-02-17' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2021-04-03', to: '2021-04-05' },
        { zh: '劳动节', en: 'Labour Day', from: '2021-05-01', to: '2021-05-05' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2021-06-12', to: '2021-06-14' },
        { zh: '中秋节', en: 'Mid-Autumn Festival', from: '2021-09-19', to: '2021-09-21' },
        { zh: '国庆节', en: 'National Day', from: '2021-10-01', to: '2021-10-07' },
      ],
      workdays: ['2021-02-07', '2021-02-20', '2021-04-25', '2021-05-08', '2021-09-18', '2021-09-26', '2021-10-09'],
    },
    {
      year: 2022,
      source: '国办发明电〔2021〕11号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2022-01-01', to: '2022-01-03' },
        { zh: '春节', en: 'Spring Festival', from: '2022-01-31', to: '2022-02-06' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2022-04-03', to: '2022-04-05' },
        { zh: '劳动节', en: 'Labour Day', from: '2022-04-30', to: '2022-05-04' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2022-06-03', to: '2022-06-05' },
        { zh: '中秋节', en: 'Mid-Autumn Festival', from: '2022-09-10', to: '2022-09-12' },
        { zh: '国庆节', en: 'National Day', from: '2022-10-01', to: '2022-10-07' },
      ],
      workdays: ['2022-01-29', '2022-01-30', '2022-04-02', '2022-04-24', '2022-05-07', '2022-10-08', '2022-10-09'],
    },
    {
      year: 2023,
      source: '国办发明电〔2022〕16号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2022-12-31', to: '2023-01-02' },
        { zh: '春节', en: 'Spring Festival', from: '2023-01-21', to: '2023-01-27' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2023-04-05', to: '2023-04-05' },
        { zh: '劳动节', en: 'Labour Day', from: '2023-04-29', to: '2023-05-03' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2023-06-22', to: '2023-06-24' },
        { zh: '中秋节、国庆节', en: 'Mid-Autumn Festival and National Day', from: '2023-09-29', to: '2023-10-06' },
      ],
      workdays: ['2023-01-28', '2023-01-29', '2023-04-23', '2023-05-06', '2023-06-25', '2023-10-07', '2023-10-08'],
    },
    {
      year: 2024,
      source: '国办发明电〔2023〕7号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2024-01-01', to: '2024-01-01' },
        { zh: '春节', en: 'Spring Festival', from: '2024-02-10', to: '2024-02-17' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2024-04-04', to: '2024-04-06' },
        { zh: '劳动节', en: 'Labour Day', from: '2024-05-01', to: '2024-05-05' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2024-06-10', to: '2024-06-10' },
        { zh: '中秋节', en: 'Mid-Autumn Festival', from: '2024-09-15', to: '2024-09-17' },
        { zh: '国庆节', en: 'National Day', from: '2024-10-01', to: '2024-10-07' },
      ],
      workdays: [
        '2024-02-04',
        '2024-02-18',
        '2024-04-07',
        '2024-04-28',
        '2024-05-11',
        '2024-09-14',
        '2024-09-29',
        '2024-10-12',
      ],
    },
    {
      year: 2025,
      source: '国办发明电〔2024〕12号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2025-01-01', to: '2025-01-01' },
        { zh: '春节', en: 'Spring Festival', from: '2025-01-28', to: '2025-02-04' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2025-04-04', to: '2025-04-06' },
        { zh: '劳动节', en: 'Labour Day', from: '2025-05-01', to: '2025-05-05' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2025-05-31', to: '2025-06-02' },
        { zh: '国庆节、中秋节', en: 'National Day and Mid-Autumn Festival', from: '2025-10-01', to: '2025-10-08' },
      ],
      workdays: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
    },
    {
      year: 2026,
      source: '国办发明电〔2025〕7号',
      holidays: [
        { zh: '元旦', en: 'New Year', from: '2026-01-01', to: '2026-01-03' },
        { zh: '春节', en: 'Spring Festival', from: '2026-02-15', to: '2026-02-23' },
        { zh: '清明节', en: 'Tomb-Sweeping Day', from: '2026-04-04', to: '2026-04-06' },
        { zh: '劳动节', en: 'Labour Day', from: '2026-05-01', to: '2026-05-05' },
        { zh: '端午节', en: 'Dragon Boat Festival', from: '2026-06-19', to: '2026-06-21' },
        { zh: '中秋节', en: 'Mid-Autumn Festival', from: '2026-09-25', to: '2026-09-27' },
        { zh: '国庆节', en: 'National Day', from: '2026-10-01', to: '2026-10-07' },
      ],
      workdays: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
    },
  ],
};
