import type { ErrorEntry } from "@neurond/primitives";

/** What each code of scripts/bootstrap means; that runs before TypeScript can, so it stands here. */
export const BOOTSTRAP_ERRORS: Readonly<Record<string, ErrorEntry>> = {
  USAGE: {
    cause: "the bootstrap has no such task",
    remedy: "give one of the tasks which the message names",
  },
  NODE_TOO_OLD: {
    cause: "the Node that started it is too old",
    remedy: "install Node 20 or newer; the pinned one comes by itself",
  },
  PLATFORM_UNSUPPORTED: {
    cause: "the pinned Node does not exist for this system, processor or C library",
    remedy: "use Linux with glibc or macOS, on x64 or arm64; on Windows use WSL 2",
  },
  NPM_MISSING: {
    cause: "npm is not on the PATH",
    remedy: "install Node.js together with npm",
  },
  NO_NETWORK: {
    cause: "the npm registry cannot be reached",
    remedy: "check the network, or set npm_config_registry",
  },
  NO_WRITE_PERMISSION: {
    cause: "a folder of the checkout or the cache cannot be written",
    remedy: "change its owner, or clone to a folder of your own",
  },
  NO_SPACE: {
    cause: "the disk is full",
    remedy: "free about 1 GB and run again",
  },
  LOCKFILE_OUTDATED: {
    cause: "pnpm-lock.yaml does not match a package.json",
    remedy: "run pnpm install and commit the lockfile",
  },
  INSTALL_FAILED: {
    cause: "pnpm install failed for a reason of its own",
    remedy: "correct what its last lines say; all of them are in .bootstrap/install.log",
  },
  RUNTIME_BROKEN: {
    cause: "the pinned Node was installed but does not run",
    remedy: "if its disk is not mounted noexec, delete node_modules and run again",
  },
  INTERRUPTED: {
    cause: "it was stopped by a signal",
    remedy: "run again: it goes on where it was",
  },
};
