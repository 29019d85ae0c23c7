import { Failure, notWritable } from "./failure.mjs";

const REASONS = [
  {
    pattern: /ERR_PNPM_\w*OUTDATED_LOCKFILE/,
    code: "LOCKFILE_OUTDATED",
    message: ({ packageManager }) =>
      `pnpm-lock.yaml does not match a package.json; run npx ${packageManager} install, commit the lockfile`,
  },
  {
    pattern: /ENOSPC|EDQUOT|no space left/i,
    code: "NO_SPACE",
    message: ({ root }) => `the disk of ${root} is full; free about 1 GB and run again`,
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL|error sending request/i,
    code: "NO_NETWORK",
    message: () =>
      "the npm registry cannot be reached; check the network or set npm_config_registry, then run again",
  },
  {
    pattern: /EACCES|EPERM|EROFS|permission denied/i,
    code: "NO_WRITE_PERMISSION",
    message: ({ root }) => notWritable(root),
  },
];

/** The failure that the output of npm and pnpm tells of; with its last lines when we cannot name it. */
export function explainInstall(output, context) {
  const reason = REASONS.find(({ pattern }) => pattern.test(output));
  if (reason) return new Failure(reason.code, reason.message(context));
  return new Failure("INSTALL_FAILED", "pnpm install failed as told above; correct it, run again", {
    log: output.trimEnd().split("\n").slice(-15).join("\n"),
  });
}
