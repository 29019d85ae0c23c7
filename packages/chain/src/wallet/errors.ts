/** Why a wallet, key file or password could not be used. The CLI exits with 4 on each of them. */
export type WalletCode =
  | "BAD_PASSWORD"
  | "FILE_EXISTS"
  | "FILE_NOT_FOUND"
  | "KDF_FAILED"
  | "KEYFILE_CORRUPT"
  | "KEYFILE_MISMATCH"
  | "NAME_INVALID"
  | "NO_SECRET"
  | "NOT_READABLE"
  | "NOT_WRITABLE"
  | "PASSWORD_FILE_UNREADABLE"
  | "PASSWORD_REQUIRED"
  | "POLKADOT_EXPORT"
  | "PROMPT_INTERRUPTED"
  | "SECRET_INVALID"
  | "UNKNOWN_FORMAT"
  | "UNSUPPORTED_ACCOUNT_TYPE"
  | "UNSUPPORTED_ENCRYPTION";

/** All wallet codes, for callers that decide by family. */
export const WALLET_CODES: readonly WalletCode[] = [
  "BAD_PASSWORD",
  "FILE_EXISTS",
  "FILE_NOT_FOUND",
  "KDF_FAILED",
  "KEYFILE_CORRUPT",
  "KEYFILE_MISMATCH",
  "NAME_INVALID",
  "NO_SECRET",
  "NOT_READABLE",
  "NOT_WRITABLE",
  "PASSWORD_FILE_UNREADABLE",
  "PASSWORD_REQUIRED",
  "POLKADOT_EXPORT",
  "PROMPT_INTERRUPTED",
  "SECRET_INVALID",
  "UNKNOWN_FORMAT",
  "UNSUPPORTED_ACCOUNT_TYPE",
  "UNSUPPORTED_ENCRYPTION",
];

/** Something the owner of a wallet should know, though the key could be used. */
export interface WalletWarning {
  readonly code: "LOOSE_PERMISSIONS" | "RAW_KEYFILE";
  readonly path: string;
  readonly message: string;
}
