/** Each way the bootstrap itself can stop, with its exit code; documented in CONTRIBUTING.md. */
export const EXIT_CODES = {
  USAGE: 2,
  NODE_TOO_OLD: 10,
  PLATFORM_UNSUPPORTED: 11,
  NPM_MISSING: 12,
  NO_NETWORK: 13,
  NO_WRITE_PERMISSION: 14,
  NO_SPACE: 15,
  LOCKFILE_OUTDATED: 16,
  INSTALL_FAILED: 17,
  RUNTIME_BROKEN: 18,
  INTERRUPTED: 130,
};

/** A reason to stop, told in one line: what failed, on what, what to do. `log` is shown above it. */
export class Failure extends Error {
  constructor(code, message, { log, cause } = {}) {
    super(message, { cause });
    this.code = code;
    this.exitCode = EXIT_CODES[code];
    this.log = log;
  }
}

/** File system refusals become failures; anything else is a bug and keeps its stack. */
export function asFailure(error) {
  if (error instanceof Failure) return error;
  if (["EACCES", "EPERM", "EROFS"].includes(error.code)) {
    return new Failure("NO_WRITE_PERMISSION", notWritable(error.path), { cause: error });
  }
  if (["ENOSPC", "EDQUOT"].includes(error.code)) {
    return new Failure("NO_SPACE", `no room left for ${error.path}; free about 1 GB`, {
      cause: error,
    });
  }
  throw error;
}

/** The remedy is the same wherever a write is refused. */
export function notWritable(path) {
  return `cannot write ${path}; change its owner or clone to a folder of your own`;
}
