// The applicant's page: no framework, so that it loads on any telephone.
const byId = (id) => document.getElementById(id);

const WORDS = {
  zh: {
    other: 'English',
    incomplete: '请填写 20 位办件编号和 6 位查询码。',
    404: '编号或查询码不正确，请对照回执再试一次。',
    429: '查询次数过多，请稍后再试。',
    failed: '暂时查不到，请稍后再试，或到受理窗口询问。',
    submittedAt: '提交时间',
    promisedAt: '承诺办结',
    provisional: '（暂定：届时的放假安排尚未公布，公布后可能调整）',
    endedAt: '办结时间',
    missing: ({ count }, until) => `请补充 ${count} 项材料或信息${until ? `，${until}前` : ''}到受理窗口办理。`,
    follow: (names, until) => `您承诺补交的材料：${names.join('、')}，请在${until}前交到受理窗口。`,
    refused: ({ step, agency, basis }, name) => `${name(agency)}对“${name(step)}”不予办理。依据：${basis.join('；')}。`,
    remedy: (reconsideration, litigation) =>
      `不服的，可以在${reconsideration}前申请行政复议，或者在${litigation}前提起行政诉讼。`,
    state: { todo: '未开始', running: '办理中', yours: '需要您办', done: '已完成', ended: '已结束' },
  },
  en: {
    other: '中文',
    incomplete: 'Please give the 20 digits of the case number and the 6 digits of the code.',
    404: 'The number or the code is not right. Please compare with your receipt and try again.',
    429: 'Too many tries. Please wait a while.',
    failed: 'This does not work just now. Please try again later, or ask at the window.',
    submittedAt: 'Handed in',
    promisedAt: 'Promised for',
    provisional: ' (provisional: the holidays of that time are not announced yet, so it may move)',
    endedAt: 'Ended',
    missing: ({ count }, until) =>
      `${count} more ${count === 1 ? 'thing is' : 'things are'} needed from you at the window${until ? ` before ${until}` : ''}.`,
    follow: (names, until) => `To follow, as you pledged: ${names.join(', ')}; at the window before ${until}.`,
    refused: ({ step, agency, basis }, name) =>
      `${name(agency)} has refused “${name(step)}”. It rests on: ${basis.join('; ')}.`,
    remedy: (reconsideration, litigation) =>
      `You may apply for reconsideration before ${reconsideration}, or bring an action until ${litigation}.`,
    state: { todo: 'Not started', running: 'In progress', yours: 'Your turn', done: 'Done', ended: 'Ended' },
  },
};

let language = navigator.language.startsWith('zh') ? 'zh' : 'en';
let shown;

const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

const showLanguage = () => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const labelled of document.querySelectorAll('[data-zh]')) labelled.textContent = labelled.dataset[language];
  byId('language').textContent = WORDS[language].other;
  byId('language').lang = language === 'zh' ? 'en' : 'zh-CN';
};

const showAnswer = () => {
  byId('answer').hidden = !shown;
  if (!shown) return;
  const words = WORDS[language];
  byId('matter').textContent = shown.matter[language];
  byId('status').textContent = shown.status.text[language];
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'long',
    timeZone: 'Asia/Shanghai',
  });
  const day = (instant) => format.format(new Date(instant));
  const name = (text) => text[language];
  const { missing, pledge, refusals } = shown;
  byId('todo').replaceChildren(
    ...missing.map((notice) => element('li', words.missing(notice, notice.dueAt && day(notice.dueAt)))),
    ...(pledge ? [element('li', words.follow(pledge.materials.map(name), day(pledge.until)))] : []),
  );
  byId('refusals').replaceChildren(
    ...refusals.map((refusal) => {
      const item = element('li', '');
      item.append(
        element('span', words.refused(refusal, name)),
        // Midnight in China: the date alone would be read as UTC.
        element('span', words.remedy(day(refusal.reconsiderationUntil), day(`${refusal.litigationUntil}T00:00+08:00`))),
      );
      return item;
    }),
  );
  const dates = ['submittedAt', 'promisedAt', 'endedAt'].filter((field) => shown[field]);
  byId('dates').replaceChildren(
    ...dates.flatMap((field) => {
      const mark = field === 'promisedAt' && shown.provisional && !shown.endedAt ? words.provisional : '';
      return [element('dt', words[field]), element('dd', `${day(shown[field])}${mark}`)];
    }),
  );
  byId('steps').replaceChildren(
    ...shown.steps.map((step) => {
      const item = element('li', '');
      item.className = step.state;
      // The state in words too: colour alone says nothing to many people.
      item.append(
        element('strong', `${step.name[language]} · ${words.state[step.state]}`),
        element('span', step.agency[language]),
        element('span', step.text[language]),
      );
      return item;
    }),
  );
};

const ask = async (caseNo, code) => {
  const address = `/public/v1/progress/${encodeURIComponent(caseNo)}?code=${encodeURIComponent(code)}`;
  const response = await fetch(address, { cache: 'no-store' }).catch(() => undefined);
  shown = response?.ok ? await response.json() : undefined;
  byId('message').textContent = shown ? '' : (WORDS[language][response?.status] ?? WORDS[language].failed);
  showAnswer();
  if (shown) byId('answer').focus();
};

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const caseNo = byId('case-no').value.replaceAll(/[\s-]/g, '');
  const code = byId('code').value.trim();
  if (!/^\d{20}$/.test(caseNo) || !/^\d{6}$/.test(code)) {
    byId('message').textContent = WORDS[language].incomplete;
    return;
  }
  void ask(caseNo, code);
});

byId('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  byId('message').textContent = '';
  showLanguage();
  showAnswer();
});

showLanguage();
