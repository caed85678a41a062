import type { IncomingMessage } from 'node:http';
import { readBody } from '../../agencies/body.ts';
import { DecisionReply } from '../../agencies/contract.ts';
import { Behaviour, type Behaviours } from './behaviour.ts';
import type { CallLog } from './call-log.ts';
import type { Office, Reply } from './office.ts';
import { parseJson } from './http.ts';
import type { Effect } from './journal.ts';

/**
 * Calls under /sandbox: read what the agencies did, and set their behaviour. For this machine only;
 * not part of the protocol.
 */
export const createControl =
  (options: {
    offices: ReadonlyMap<string, Office>;
    logs: ReadonlyMap<string, CallLog>;
    behaviours: Behaviours;
    onChange: (agency: string) => Promise<void>;
  }) =>
  async (request: IncomingMessage, [scope, agency, noun, requestId, verb]: string[]): Promise<Reply> => {
    const { method = '' } = request;
    const { offices, logs, behaviours, onChange } = options;
    if (scope === 'effects' && method === 'GET') {
      return {
        status: 200,
        body: { effects: [...offices.values()].flatMap((office) => office.effects().map(showEffect)) },
      };
    }
    const office = scope === 'agencies' && agency !== undefined ? offices.get(agency) : undefined;
    if (!office || agency === undefined) return { status: 404, body: { code: 'NOT_FOUND' } };
    switch (`${method} ${noun ?? ''}${verb === undefined ? '' : ` ${verb}`}`) {
      case 'GET effects':
        return { status: 200, body: { effects: office.effects().map(showEffect) } };
      case 'GET requests':
        return { status: 200, body: { requests: office.pending() } };
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
        if (!behaviour.success)
          return refuseShape(behaviour.error.issues.map(({ path, message }) => ({ path, message })));
        behaviours.set(agency, behaviour.data);
        await onChange(agency);
        return { status: 200, body: behaviour.data };
      }
      case 'POST requests answer': {
        const decision = DecisionReply.safeParse(await readJson(request));
        if (!decision.success)
          return refuseShape(decision.error.issues.map(({ path, message }) => ({ path, message })));
        return office.answer(requestId ?? '', decision.data);
      }
      default:
        return { status: 404, body: { code: 'NOT_FOUND' } };
    }
  };

const readJson = async (request: IncomingMessage): Promise<unknown> =>
  parseJson((await readBody(request)) ?? Buffer.alloc(0));

const refuseShape = (issues: unknown[]): Reply => ({ status: 422, body: { code: 'WRONG_SHAPE', issues } });

const showEffect = ({ agency, requestId, effect, at, unseen }: Effect) => ({ agency, requestId, effect, at, unseen });
