import type { Server } from 'node:http';

/** The part of an OpenAPI description that says how an address answers. */
export interface Description {
  paths: Record<string, Record<string, { responses?: Record<string, { content?: Record<string, unknown> }> }>>;
}

/** An answer as it was sent. */
export interface SeenAnswer {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  /** Without parameters. */
  type: string | undefined;
  allow: string | undefined;
}

/** Files that the description leaves out: the page of the API, and that of the applicant. */
const FILES = /^\/(?:api\/docs|progress)(?:\/|$)/;

/** What is wrong with an answer by the description; undefined: it is described. */
export const findUndescribed = ({ paths }: Description, seen: SeenAnswer): string | undefined => {
  const { method, path, status, type, allow } = seen;
  const answer = `${method} ${path}: ${status} ${type ?? 'without content'}`;
  const isFile = FILES.test(path);
  const here = Object.entries(paths).filter(([template]) => patternOf(template).test(path));
  const operation = here.map(([, methods]) => methods[nameOf(method)]).find((found) => found !== undefined);
  if (!operation) {
    if (isFile && (method === 'GET' || method === 'HEAD')) return undefined;
    const expected = here.length > 0 || isFile ? 405 : 404;
    if (status !== expected) return `${answer}, expected ${expected}`;
    return status === 405 && !allow ? `${answer} without Allow` : undefined;
  }
  const described = operation.responses?.[status];
  if (!described) return `${answer}, the status is not described`;
  const types = Object.keys(described.content ?? {});
  const isDescribed = type === undefined ? types.length === 0 : types.includes(type);
  return isDescribed ? undefined : `${answer}, described is ${types.join(', ') || 'no content'}`;
};

const nameOf = (method: string): string => (method === 'HEAD' ? 'get' : method.toLowerCase());

/** As Express reads addresses: not by case, and with or without a slash at the end. */
const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i');

/** Notes every answer that a server sends. */
export const noteAnswers = (server: Server): SeenAnswer[] => {
  const seen: SeenAnswer[] = [];
  server.on('request', ({ method = '', url = '' }, response) => {
    response.once('close', () => {
      if (!response.headersSent) return;
      const [path = ''] = url.split('?');
      const type = response.getHeader('content-type');
      const allow = response.getHeader('allow');
      seen.push({
        ...{ method, path, status: response.statusCode },
        type: typeof type === 'string' ? type.replace(/;.*/, '') : undefined,
        allow: typeof allow === 'string' ? allow : undefined,
      });
    });
  });
  return seen;
};
