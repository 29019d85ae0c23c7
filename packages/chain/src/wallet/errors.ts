import type { ErrorEntry } from "@neurond/primitives";

/** Every reason why a wallet, key file or password could not be used, with its meaning and remedy. */
export const WALLET_ERRORS = {
  BAD_PASSWORD: {
    cause: "the password does not open the key file, or the sealed bytes were changed",
    remedy: "give the right password; if it is right, restore the file from a backup",
  },
  FILE_EXISTS: {
    cause: "a key of that name is there already",
    remedy: "choose another name, or overwrite it once its secret is kept elsewhere",
  },
  FILE_NOT_FOUND: {
    cause: "the key file or wallet directory does not exist",
    remedy: "check the wallet's path, its name and the hotkey's name",
  },
  KDF_FAILED: {
    cause: "the key could not be derived from the password, usually for want of memory",
    remedy: "free 512 MiB of memory, or raise the container's limit",
  },
  KEYFILE_CORRUPT: {
    cause: "the key file is cut short, or a field of it is not what the format says",
    remedy: "restore the file from a backup or regenerate it from its mnemonic",
  },
  KEYFILE_MISMATCH: {
    cause: "the secret in the key file belongs to another address than the file claims",
    remedy: "find out which of the two is yours; regenerate the file from its mnemonic",
  },
  NAME_INVALID: {
    cause: "a wallet or hotkey name would leave the wallet directory",
    remedy: "give a name without slashes and without two dots in a row",
  },
  NO_SECRET: {
    cause: "the key file holds only a public key",
    remedy: "use a wallet that has the secret; this one can only be watched",
  },
  NOT_READABLE: {
    cause: "the system does not let this user read the key file, or it is no regular file",
    remedy: "check owner and mode of the file and its directories",
  },
  NOT_WRITABLE: {
    cause: "the system does not let this user write the key file",
    remedy: "check owner, mode and free space of the wallet directory",
  },
  PASSWORD_FILE_UNREADABLE: {
    cause: "the password file is not there or cannot be read",
    remedy: "check the path given by the option or by BT_WALLET_PASSWORD_FILE",
  },
  PASSWORD_REQUIRED: {
    cause: "the key file is encrypted and there is nobody to ask for its password",
    remedy: "give a password file, or run in a terminal",
  },
  POLKADOT_EXPORT: {
    cause: "the file is an account export of polkadot-js, not a Bittensor key file",
    remedy: "make a key file from the account's mnemonic or seed with btcli",
  },
  PROMPT_INTERRUPTED: {
    cause: "the password prompt was left with control-C or control-D",
    remedy: "run the command again",
  },
  SECRET_INVALID: {
    cause: "a mnemonic, seed or secret URI is not valid",
    remedy: "check it for a missing word or a typing error",
  },
  UNKNOWN_FORMAT: {
    cause: "the file is nothing that a Bittensor wallet ever wrote",
    remedy: "check that the path names a key file",
  },
  UNSUPPORTED_ACCOUNT_TYPE: {
    cause: "the key is neither sr25519 nor ed25519, but a hashed or post-quantum account",
    remedy: "use a plain account for this purpose",
  },
  UNSUPPORTED_ENCRYPTION: {
    cause: "the key file is an Ansible Vault of another version or cipher",
    remedy: "open it with the tool that wrote it and seal it again with btcli",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Code of a wallet error. */
export type WalletCode = keyof typeof WALLET_ERRORS;

/** Whether an error code is one of this module's. */
export function isWalletCode(code: string): code is WalletCode {
  return Object.hasOwn(WALLET_ERRORS, code);
}

/** Something the owner of a wallet should know, though the key could be used. */
export interface WalletWarning {
  readonly code: "LOOSE_PERMISSIONS" | "RAW_KEYFILE";
  readonly path: string;
  readonly message: string;
}
