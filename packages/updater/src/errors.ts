import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const UPDATER_ERRORS = {
  GIT_FAILED: {
    cause: "git is missing or too old, the directory is no clone, or the remote does not answer",
    remedy: "install git 2.34 or newer; run it in the clone; check the remote's address",
  },
  UPDATE_BUILD_FAILED: {
    cause: "a signed release does not build on this machine",
    remedy: "run `npm run build` in the directory named to see why; what runs was not touched",
  },
  UPDATE_KEYS_MISSING: {
    cause: "nobody is trusted to sign releases, so no release can be",
    remedy: "give --allowed-signers a file of ssh keys, or --gnupg-home a keyring of its own",
  },
  UPDATE_RESTART_FAILED: {
    cause: "the restart program failed, so the release before was put back and started again",
    remedy: "run the program by hand with `current` at the new release to see why",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type UpdaterCode = keyof typeof UPDATER_ERRORS;
