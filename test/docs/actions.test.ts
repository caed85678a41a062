import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { actionsPage } from './actions-page.ts';

const PAGE = fileURLToPath(new URL('../../docs/actions.md', import.meta.url));

it('the page has the allowed actions of each status, as in the rules', async () => {
  const options = await resolveConfig(PAGE);
  await expect(await format(actionsPage(), { ...options, filepath: PAGE })).toMatchFileSnapshot(PAGE);
});
