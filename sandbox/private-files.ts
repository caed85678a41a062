/** Files and folders that only their user can read: the state of an installation is personal data. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** The processes that `start` starts create only such files and folders. */
export const withPrivateFiles = <T>(start: () => T): T => {
  const before = process.umask(0o777 & ~PRIVATE_FOLDER);
  try {
    return start();
  } finally {
    process.umask(before);
  }
};
