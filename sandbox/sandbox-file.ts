import { z } from 'zod';
import type { Addresses } from './services.ts';
import { agencyUrl, toJson, writeAtomically, type Home, type State } from './state.ts';

/**
 * `sandbox.json`, for scripts and for the tests: addresses, credentials, process ids.
 */
export const SandboxFile = z.object({
  api: z.url(),
  temporal: z.string(),
  temporalUi: z.url().optional(),
  postgres: z.url(),
  sandbox: z.url(),
  tokens: z.object({
    clerk: z.string(),
    supervisor: z.string(),
    admin: z.string(),
    officer: z.record(z.string(), z.string()),
  }),
  agencies: z.record(z.string(), z.object({ url: z.url(), keyId: z.string(), secret: z.string() })),
  /** By service, without external servers (`POSTGRES_URL`, `TEMPORAL_ADDRESS`). */
  pids: z.record(z.string(), z.int()),
});
export type SandboxFile = z.infer<typeof SandboxFile>;

/** Writes the file and returns its contents. */
export const writeSandboxFile = (
  home: Home,
  state: State,
  addresses: Addresses,
  pids: Readonly<Record<string, number>>,
): SandboxFile => {
  const { tokens, secrets } = state;
  const { apiUrl, temporalAddress, temporalUi, databaseUrl, sandboxUrl } = addresses;
  const officer: Record<string, string> = {};
  for (const [name, token] of Object.entries(tokens)) {
    if (name.startsWith('officer:')) officer[name.slice('officer:'.length)] = token;
  }
  const content = SandboxFile.parse({
    api: apiUrl,
    temporal: temporalAddress,
    temporalUi,
    postgres: databaseUrl,
    sandbox: sandboxUrl,
    tokens: { ...tokens, officer },
    // The id of an agency's key is the agency id, which calls send as x-one-matter-agency.
    agencies: Object.fromEntries(
      Object.entries(secrets).map(([id, secret]) => [id, { url: agencyUrl(state, id), keyId: id, secret }]),
    ),
    pids,
  });
  writeAtomically(home.sandboxFile, toJson(content));
  return content;
};
