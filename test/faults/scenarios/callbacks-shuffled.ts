import { randomUUID } from 'node:crypto';
import type { Decision } from '../../../agencies/contract.ts';
import { storedId } from '../../../domain/message-ids.ts';
import { agencySystem, postOnce, type Credentials } from '../front-door.ts';
import type { Installation } from '../installation.ts';
import { waitForPending } from '../pending.ts';
import { SHORT } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

/** Decides at once and answers the request late, so that its callback arrives before its reply. */
const EARLY = 'hospital';
const REPLY_AFTER_MS = 1_500;
/** The agencies whose requests stay pending until the scenario decides them. */
const HELD = ['vaccination', 'police'] as const;
const COPIES = 5;
const WITHIN_MS = 60_000;

interface Letter {
  agency: string;
  requestId: string;
  decision: Decision;
}

/**
 * S8: callbacks five times each in random order, before the reply to the request, after the end of
 * the step, and forged.
 */
export const callbacksShuffled: Scenario = {
  id: 'S8',
  name: `callbacks ${COPIES} times, shuffled, early, late and forged`,
  control: { name: 'late answers are deleted', breaks: 'I7' },
  play: async (stage) => {
    const { frontDoor, intent, installation, control, cases, random } = stage;
    await installation.behave({ mode: 'decide' });
    await installation.behave({ mode: 'slow', delayMs: REPLY_AFTER_MS }, EARLY);
    for (const agency of HELD) await installation.behave({ mode: 'hold' }, agency);
    const before = installation.journal().length;
    const broken: string[] = [];
    const say = async (letters: readonly Letter[], expected: readonly number[]) => {
      const replies = await Promise.all(letters.map((letter) => frontDoor.decide(decisionOf(installation, letter))));
      const wrong = replies.map(({ status }) => status).filter((status) => !expected.includes(status));
      if (wrong.length > 0) broken.push(`answered ${wrong.join(', ')} and not ${expected.join(' or ')}`);
    };

    const submitted = Promise.all(Array.from({ length: cases }, () => frontDoor.submit(intent(SHORT))));
    const early = await until('the early agency has decided', WITHIN_MS, () => {
      const letters = lettersOf(installation, EARLY, before);
      return letters.length >= cases && letters;
    });
    await say(shuffle(random, copies(early)), [200]);
    const caseIds = (await submitted).map(({ caseId }) => caseId);

    const letters: Letter[] = [];
    for (const agency of HELD) {
      const held = await waitForPending(installation, agency, caseIds);
      for (const requestId of held) await installation.answer(agency, requestId, { decision: 'approved' });
      letters.push(...lettersOf(installation, agency, before));
    }
    await say(shuffle(random, copies(letters)), [200]);

    // Another decision on a decided step: kept beside the first, and the agency gets 409.
    const late = letters.map((letter, index): Letter => {
      const { requestId } = letter;
      return {
        ...letter,
        decision: { messageId: `late-${index}-${requestId}`, requestId, decision: 'refused', reason: 'late' },
      };
    });
    await say(shuffle(random, late), [409]);
    if (control) await installation.asOwner(`delete from inbox where outcome ->> 'kind' = 'refused'`, []);
    else broken.push(...(await forge(stage, letters)));
    return { fired: () => early.length + letters.length * COPIES + late.length, backMs: [], broken };
  },
};

/** The decisions of an agency since then, as callbacks. */
const lettersOf = (installation: Installation, agency: string, before: number): Letter[] =>
  installation
    .journal()
    .slice(before)
    .flatMap((entry) =>
      entry.agency === agency && entry.kind === 'effect' && entry.decision
        ? [{ agency, requestId: entry.requestId, decision: entry.decision }]
        : [],
    );

const copies = (letters: readonly Letter[]): Letter[] =>
  letters.flatMap((letter) => Array<Letter>(COPIES).fill(letter));

const shuffle = (random: Stage['random'], letters: readonly Letter[]): Letter[] =>
  letters
    .map((letter) => ({ letter, place: random.below(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ letter }) => letter);

const decisionOf = (installation: Installation, { agency, requestId, decision }: Letter) => {
  const { messageId, ...body } = decision;
  return {
    path: `/agency/v1/tasks/${requestId}/decision`,
    by: signAs(installation, agency, messageId),
    requestId,
    messageId: { sent: messageId, kept: storedId({ role: 'agency', id: agency }, messageId) },
    body,
  };
};

const signAs = (installation: Installation, agency: string, messageId: string): Credentials =>
  agencySystem(agency, installation.sandbox().agencies[agency]?.secret ?? '', messageId);

/** Each forged callback is refused without a trace. */
const forge = async ({ installation, agent }: Stage, letters: readonly Letter[]): Promise<string[]> => {
  const [own, other] = [
    letters.find(({ agency }) => agency === 'police'),
    letters.find(({ agency }) => agency !== 'police'),
  ];
  if (!own || !other) return ['there was nothing to forge'];
  const unknownCase = own.requestId.replace(/^[^:]+/, randomUUID());
  const forgeries = [
    {
      what: 'another agency’s step',
      path: own.requestId,
      signer: 'civil-affairs',
      secretOf: 'civil-affairs',
      status: 404,
    },
    { what: 'a case that does not exist', path: unknownCase, signer: 'police', secretOf: 'police', status: 404 },
    { what: 'another agency’s secret', path: own.requestId, signer: 'police', secretOf: 'civil-affairs', status: 401 },
    {
      what: 'a decision captured from another task',
      path: own.requestId,
      names: other.requestId,
      signer: 'police',
      secretOf: 'police',
      status: 400,
    },
    {
      what: 'a word that names no task',
      path: own.requestId,
      names: undefined,
      signer: 'police',
      secretOf: 'police',
      status: 400,
    },
    {
      what: 'a signature of another message',
      path: own.requestId,
      signer: 'police',
      secretOf: 'police',
      signedId: 'outer',
      status: 400,
    },
  ];
  const { api, agencies } = installation.sandbox();
  const broken: string[] = [];
  for (const forgery of forgeries) {
    const { what, path, signer, secretOf, status } = forgery;
    const messageId = `forged-${randomUUID()}`;
    const by = agencySystem(signer, agencies[secretOf]?.secret ?? '', forgery.signedId ?? messageId);
    const body = { decision: 'approved', requestId: 'names' in forgery ? forgery.names : path, messageId };
    const { status: answered } = await postOnce({ api, agent, path: `/agency/v1/tasks/${path}/decision`, by, body });
    if (answered !== status) broken.push(`${what}: answered ${answered} and not ${status}`);
    const { rowCount } = await installation.db.query('select from inbox where message_id like $1', [`%${messageId}`]);
    if (rowCount !== 0) broken.push(`${what}: it is in the inbox`);
  }
  return broken;
};
