import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Terminal } from './terminal.ts';

/**
 * `--by`, the account that publishes. The default is the user of the operating system; a user
 * without a name, as in a container, has to name the account.
 */
export const publisherOption = ({ t }: Pick<Terminal, 't'>): Option => {
  const option = new Option('--by <account>', t('help.publisher'));
  const account = userName();
  return account === undefined ? option.makeOptionMandatory() : option.default(account);
};

const userName = (): string | undefined => {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
};
