import type { IncomingMessage } from 'node:http';
import { readBody } from '../../agencies/body.ts';
import { AnsweredDecision } from '../../agencies/contract.ts';
import { Behaviour, type Behaviours } from './behaviour.ts';
import type { CallLog } from './call-log.ts';
import type { Desk, Reply } from './desk.ts';
import { parseJson } from './http.ts';
import type { Effect } from './journal.ts';

/**
 * Calls under /sandbox: read what the agencies did, and set their behaviour. For this machine only;
 * not part of the protocol.
 */
export const createControl =
  (options: {
    desks: ReadonlyMap<string, Desk>;
    logs: ReadonlyMap<string, CallLog>;
    behaviours: Behaviours;
    onChange: (agency: string) => Promise<void>;
  }) =>
  async (request: IncomingMessage, [scope, agency, noun, requestId, verb]: string[]): Promise<Reply> => {
    const { method = '' } = request;
    const { desks, logs, behaviours, onChange } = options;
    if (scope === 'effects' && method === 'GET') {
      return { status: 200, body: { effects: [...desks.values()].flatMap((desk) => desk.effects().map(shown)) } };
    }
    const desk = scope === 'agencies' && agency !== undefined ? desks.get(agency) : undefined;
    if (!desk || agency === undefined) return { status: 404, body: { code: 'NOT_FOUND' } };
    switch (`${method} ${noun ?? ''}${verb === undefined ? '' : ` ${verb}`}`) {
      case 'GET effects':
        return { status: 200, body: { effects: desk.effects().map(shown) } };
      case 'GET requests':
        return { status: 200, body: { requests: desk.pending() } };
      case 'GET calls':
        return { status: 200, body: { calls: logs.get(agency)?.calls() ?? [] } };
      case 'GET behaviour':
        return { status: 200, body: behaviours.get(agency) };
      case 'DELETE behaviour':
        behaviours.reset(agency);
        await onChange(agency);
        return { status: 200, body: behaviours.get(agency) };
      case 'PUT behaviour': {
        const behaviour = Behaviour.safeParse(await readJson(request));
        if (!behaviour.success) return wrong(behaviour.error.issues.map(({ path, message }) => ({ path, message })));
        behaviours.set(agency, behaviour.data);
        await onChange(agency);
        return { status: 200, body: behaviour.data };
      }
      case 'POST requests answer': {
        const decision = AnsweredDecision.safeParse(await readJson(request));
        if (!decision.success) return wrong(decision.error.issues.map(({ path, message }) => ({ path, message })));
        return desk.answer(requestId ?? '', decision.data);
      }
      default:
        return { status: 404, body: { code: 'NOT_FOUND' } };
    }
  };

const readJson = async (request: IncomingMessage): Promise<unknown> =>
  parseJson((await readBody(request)) ?? Buffer.alloc(0));

const wrong = (issues: unknown[]): Reply => ({ status: 422, body: { code: 'WRONG_SHAPE', issues } });

const shown = ({ agency, requestId, effect, at, unseen }: Effect) => ({ agency, requestId, effect, at, unseen });
