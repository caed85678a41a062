import type { Request, Response } from 'express';
import { z } from 'zod';
import { ACTIONS, can, mayEver, type Action, type Resource } from '../policy.ts';
import type { Caller } from '../../identity/caller.ts';
import { languageOf, problem, type FieldError, type Language } from './problems.ts';
import type { Reading } from './reading.ts';
import { validationMessage } from '../../domain/words/validation.ts';

/** The answer of a route. Without a body: 204 and the like. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * The input of a handler: the caller, the parsed request, the resource that the caller has a right
 * to, and what opens personal values for the answer.
 */
export interface Call<I, F> {
  caller: Caller;
  reading: Reading;
  input: I;
  found: F;
  language: Language;
  req: Request;
  res: Response;
}

/**
 * The resource of a route, for `can`; `undefined`: no resource, so the role of the caller decides
 * alone.
 */
export interface FoundResource<F> {
  resource: Resource | undefined;
  found: F;
}

interface Definition<I extends z.ZodObject, F> {
  method: 'get' | 'post';
  /** OpenAPI style: `/api/v1/cases/{caseId}`. */
  path: string;
  summary: string;
  tag: string;
  /** A limit of its own, counted before anything of the request is parsed. */
  limit?: 'publicAddress' | 'searches' | 'starts' | 'exports';
  policy: {
    action: Action;
    /** Finds the resource; an unknown one and one out of scope are both answered with 404. */
    find: (input: z.output<I>, caller: Caller) => Promise<FoundResource<F> | undefined>;
  };
  /** A strict object of any of `params`, `query`, `headers`, `body`; unknown keys are refused. */
  input: I;
  /** A stricter input for some callers; undefined: `input`. */
  inputOf?: (caller: Caller) => I | undefined;
  answers: Record<number, { description: string; schema?: z.ZodType; types?: readonly string[] }>;
  /** Messages go to the inbox, which itself compares the content of a repeated id. */
  keepsMessages?: true;
  /** The handler has answered itself (a stream) when it returns undefined. */
  handler: (call: Call<z.output<I>, F>) => Promise<Reply | undefined>;
}

/** A route as the app registers and documents it. */
export interface Route extends Pick<
  Definition<z.ZodObject, unknown>,
  'method' | 'path' | 'summary' | 'tag' | 'limit' | 'input' | 'answers' | 'keepsMessages'
> {
  action: Action;
  /** It finds a resource and judges by it, so it may answer 404. */
  findsResource: boolean;
  /**
   * `parts` are the parts of the request, the body parsed as JSON. `beforeEffect` is called for a
   * valid request of a caller with the right; it throws to refuse the request.
   */
  run: (caller: Caller, parts: RequestParts, req: Request, res: Response, around: Around) => Promise<Reply | undefined>;
}

interface Around {
  beforeEffect: () => Promise<void>;
  /** The caller of `run` saves it before the reply is sent. */
  reading: Reading;
}

interface RequestParts {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
}

/**
 * For a route without a resource: the role of the caller decides alone. It must be named, so that
 * no route misses its resource by mistake.
 */
export const findNothing = (): Promise<FoundResource<undefined>> =>
  Promise.resolve({ resource: undefined, found: undefined });

/** The input of a route that takes nothing. */
export const NOTHING = z.strictObject({});

/**
 * Defines a route: who may call it, what it takes, what it answers. The only way to make a route,
 * so no route is without a policy.
 */
export const route = <I extends z.ZodObject, F>(definition: Definition<I, F>): Route => {
  const { policy, input, inputOf, handler, ...about } = definition;
  // The types require it already; a route that bypasses them must not start either.
  if (!ACTIONS.includes(policy.action)) throw new Error(`${about.method} ${about.path} has no policy`);
  return {
    ...about,
    input,
    action: policy.action,
    findsResource: !Object.is(policy.find, findNothing),
    run: async (caller, parts, req, res, { beforeEffect, reading }) => {
      const language = languageOf(req);
      if (!mayEver(caller, policy.action))
        throw problem(caller.role === 'public' ? 'AUTHENTICATION_REQUIRED' : 'FORBIDDEN');
      const parsed = parseInput(inputOf?.(caller) ?? input, parts, language);
      const target = await policy.find(parsed, caller);
      if (!target || (target.resource && !can(caller, policy.action, target.resource))) throw problem('NOT_FOUND');
      await beforeEffect();
      return handler({ caller, reading, input: parsed, found: target.found, language, req, res });
    },
  };
};

const parseInput = <I extends z.ZodObject>(input: I, parts: RequestParts, language: Language): z.output<I> => {
  const { headers, ...rest } = parts;
  // A part that is neither expected nor given is left out. A part that is given and not expected is
  // refused as an unknown key.
  const given = Object.entries(rest).filter(([name, part]) => name in input.shape || !isEmpty(part));
  const result = input.safeParse(
    { ...Object.fromEntries(given), ...('headers' in input.shape && { headers }) },
    // With the input, a missing value can be distinguished from a wrong one. It is not passed on.
    { reportInput: true },
  );
  if (!result.success)
    throw problem('REQUEST_INVALID', { errors: result.error.issues.flatMap((issue) => fieldErrors(issue, language)) });
  return result.data;
};

const isEmpty = (part: unknown): boolean =>
  part === undefined || (typeof part === 'object' && part !== null && Object.keys(part).length === 0);

/** Paths start with the part that is wrong: `body.region`, `query.limit`. */
const fieldErrors = (issue: z.core.$ZodIssue, language: Language): FieldError[] => {
  const { path, code } = issue;
  const message = validationMessage(issue)[language];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathOf([...path, key]), rule: code, message }));
  }
  return [{ path: pathOf(path), rule: code, message }];
};

/** The path of a value as answers name it: `body.children[1].name`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .reduce<string>((text, part) => {
      if (typeof part === 'number') return `${text}[${part}]`;
      const name = String(part).slice(0, MAX_NAME);
      return text === '' ? name : `${text}.${name}`;
    }, '')
    .slice(0, MAX_PATH);

/** The caller chooses names, so no more of them is repeated than a legal path has. */
const MAX_NAME = 200;
const MAX_PATH = 300;
