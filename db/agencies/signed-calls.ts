import { canonical } from '../sql/canonical.ts';
import type { Db } from '../sql/pool.ts';
import type { Sealer } from '../sql/sealing.ts';

/** A call that an agency has signed. */
export interface SignedCall {
  agency: string;
  /** Its task and its `webhook-id`. */
  id: string;
  /** Method and address. */
  target: string;
  /** The parsed body; undefined: it has none. */
  body: unknown;
}

/** `new` and `repeated`: this call. Otherwise its id was used for another call. */
type SeenCall = 'new' | 'repeated' | 'other-content' | 'other-target';

/**
 * How long a call is remembered: its time may be 300 s ahead when it comes first, and it is
 * accepted until 300 s after that time.
 */
const REMEMBERED_S = 600;

/** How many expired calls one call deletes: more than the one that it adds. */
const SWEPT = 10;

/**
 * Remembers a call, for all API processes. A repetition has the same content, not the same bytes:
 * the keys of an object may come in another order.
 */
export const rememberCall = async (db: Db, cipher: Sealer, call: SignedCall): Promise<SeenCall> => {
  const { agency, id, target, body } = call;
  const own = { target: hashOf(cipher, target), content: hashOf(cipher, canonical(body ?? null)) };
  const { rows } = await db.query<{ target: Buffer; content: Buffer; isNew: boolean }>({
    name: 'remember-call',
    text: `with swept as (
        delete from signed_calls where (agency, id) in (
          select agency, id from signed_calls where at < now() - make_interval(secs => $5) and (agency, id) <> ($1, $2)
          order by at limit $6 for update skip locked
        )
      )
      insert into signed_calls as seen (agency, id, target, content) values ($1, $2, $3, $4)
      on conflict (agency, id) do update set
        at = case when seen.at < now() - make_interval(secs => $5) then now() else seen.at end,
        target = case when seen.at < now() - make_interval(secs => $5) then excluded.target else seen.target end,
        content = case when seen.at < now() - make_interval(secs => $5) then excluded.content else seen.content end
      returning target, content, at = now() as "isNew"`,
    values: [agency, hashOf(cipher, id), own.target, own.content, REMEMBERED_S, SWEPT],
  });
  const [seen] = rows;
  if (!seen) throw new Error('a signed call was not remembered');
  if (!seen.target.equals(own.target)) return 'other-target';
  if (!seen.content.equals(own.content)) return 'other-content';
  return seen.isNew ? 'new' : 'repeated';
};

const hashOf = (cipher: Sealer, text: string): Buffer => cipher.hash('signed-call', text);
