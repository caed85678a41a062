// The applicant's page. It uses no framework, so that it loads on any phone.
const byId = (id) => document.getElementById(id);

const WORDS = {
  zh: {
    other: 'English',
    incomplete: '请填写 20 位办件编号和 10 位查询码。',
    404: '办件编号或查询码不正确，请对照回执重新填写。',
    429: '查询次数过多，请稍后再试。',
    failed: '暂时无法查询，请稍后再试，或到受理窗口咨询。',
    submittedAt: '提交时间',
    promisedAt: '承诺办结时间',
    provisional: '（暂定：届时的放假安排尚未公布，公布后可能调整）',
    endedAt: '办结时间',
    where: '请到受理窗口办理；咨询、投诉请拨打 12345。',
    office: ({ name, address, hours, telephone }, text) =>
      `${text(name)}：${text(address)}，${text(hours)}，电话 ${telephone}`,
    count: ({ count, of }) => `已办结 ${count} 项，共 ${of} 项`,
    finished: (count) => `已办结的 ${count} 项`,
    lapsed: ({ step }, name) => `“${name(step)}”逾期未办，已不再办理；这不是对您的不予决定。`,
    refused: ({ step, agency, basis }, name) =>
      `${name(agency)}决定对“${name(step)}”不予通过。${basis.length > 0 ? `依据：${basis.join('；')}。` : ''}理由详见决定书。`,
  },
  en: {
    other: '中文',
    incomplete: 'Enter the 20 digits of the case number and the 10 digits of the query code.',
    404: 'The case number or the query code is not correct. Compare them with your receipt and try again.',
    429: 'Too many attempts. Try again later.',
    failed: 'The progress is not available now. Try again later, or ask at the service window.',
    submittedAt: 'Submitted',
    promisedAt: 'Promised by',
    provisional: ' (provisional: the public holidays of that time are not announced yet, so the date may change)',
    endedAt: 'Ended',
    where: 'Please go to the service window. For questions and complaints call 12345.',
    office: ({ name, address, hours, telephone }, text) =>
      `${text(name)}: ${text(address)}. ${text(hours)}. Telephone ${telephone}`,
    count: ({ count, of }) => `${count} of ${of} done`,
    finished: (count) => `${count} done`,
    lapsed: ({ step }, name) =>
      `“${name(step)}” was not done in time and has ended. This is not a decision against you.`,
    refused: ({ step, agency, basis }, name) =>
      `${name(agency)} has refused “${name(step)}”. ${basis.length > 0 ? `Legal basis: ${basis.join('; ')}. ` : ''}The decision letter gives the reason.`,
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

const stepElement = (step) => {
  const item = element('li', '');
  item.className = step.state;
  const [state, text] = [step.stateText[language], step.text[language]];
  // The state is also given in words, because many people cannot distinguish the colours.
  item.append(
    element('strong', `${step.name[language]} · ${state}`),
    element('span', step.agency[language]),
    ...(text === state ? [] : [element('span', text)]),
  );
  return item;
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
  const { todo, refusals, lapses } = shown;
  byId('todo').replaceChildren(
    ...todo.map(({ title, items, until, afterwards, agency, office }) => {
      const item = element('li', '');
      const list = element('ul', '');
      list.append(...items.map((one) => element('li', name(one))));
      item.append(
        element('strong', name(title)),
        list,
        ...(until ? [element('span', name(until.text))] : []),
        ...(afterwards ? [element('span', name(afterwards))] : []),
        ...(agency ? [element('span', name(agency))] : []),
        ...(office ? [element('span', words.office(office, name))] : []),
      );
      return item;
    }),
  );
  byId('where').textContent = todo.length > 0 ? words.where : '';
  byId('lapses').replaceChildren(...lapses.map((lapse) => element('li', words.lapsed(lapse, name))));
  byId('refusals').replaceChildren(
    ...refusals.map((refusal) => {
      const item = element('li', '');
      item.append(element('span', words.refused(refusal, name)), element('span', name(refusal.remedy)));
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
  byId('count').textContent = words.count(shown.done);
  const finished = shown.steps.filter(({ state }) => state === 'done');
  byId('steps').replaceChildren(...shown.steps.filter(({ state }) => state !== 'done').map(stepElement));
  byId('finished').hidden = finished.length === 0;
  byId('finished-count').textContent = words.finished(finished.length);
  byId('finished-steps').replaceChildren(...finished.map(stepElement));
};

const ask = async (caseNo, code) => {
  // Number and code are in the body, because proxies and histories keep addresses.
  const response = await fetch('/public/v1/progress', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ caseNo, code }),
    cache: 'no-store',
  }).catch(() => undefined);
  shown = response?.ok ? await response.json() : undefined;
  byId('message').textContent = shown ? '' : (WORDS[language][response?.status] ?? WORDS[language].failed);
  showAnswer();
  if (shown) byId('answer').focus();
};

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  // Sent as typed: the API removes blanks, full-width digits and invisible characters.
  const caseNo = byId('case-no').value.trim();
  const code = byId('code').value.trim();
  if (caseNo === '' || code === '') {
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
