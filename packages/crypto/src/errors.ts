/** Codes this package throws. A bad signature is never one of them: it is `false`. */
export type CryptoCode =
  | "KEYPAIR_WIPED"
  | "MERKLE_INVALID"
  | "MERKLE_NODE_MISSING"
  | "PAYLOAD_MALFORMED"
  | "SECRET_INVALID"
  | "SECRET_URI_INVALID"
  | "TIMELOCK_INPUT_INVALID"
  | "TIMELOCK_MALFORMED"
  | "TIMELOCK_SIGNATURE_INVALID"
  | "TIMELOCK_WRONG_ROUND"
  | "TIMELOCK_TAMPERED"
  | "VALUE_OUT_OF_RANGE";
