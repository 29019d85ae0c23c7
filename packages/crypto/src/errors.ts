import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. A bad signature is never one of them: it is `false`. */
export const CRYPTO_ERRORS = {
  KEYPAIR_WIPED: {
    cause: "a keypair was asked to sign after its secret had been overwritten",
    remedy: "load the key again; wipe it when nothing more is to be signed",
  },
  MERKLE_INVALID: {
    cause: "a proof was asked for outside the tree, or peaks and size do not fit each other",
    remedy: "ask for an index and sizes within the log; read the tree from its store again",
  },
  MERKLE_NODE_MISSING: {
    cause: "the store holds no hash of a subtree that the proof needs",
    remedy: "ask only below the tree's size; if it is, restore the store from a backup",
  },
  PAYLOAD_MALFORMED: {
    cause: "decrypted bytes are not a weights payload",
    remedy: "the commit was made by other software, or with an older layout",
  },
  POINT_FOREIGN: {
    cause: "a point of one Pedersen suite was used with another's",
    remedy: "take the suite from the receipt, and all points of a sum from it",
  },
  SECRET_INVALID: {
    cause: "a mnemonic, seed or canonical secret is not valid",
    remedy: "check it for a missing word, a typing error or a wrong length",
  },
  SECRET_URI_INVALID: {
    cause: "a text is not a secret URI, or asks ed25519 for a soft derivation",
    remedy: "write <mnemonic or 0x seed>//hard/soft///password",
  },
  TIMELOCK_INPUT_INVALID: {
    cause: "a key, sigma or nonce has the wrong length, or the public key is no point",
    remedy: "give random bytes of the length named, and the public key of the beacon",
  },
  TIMELOCK_MALFORMED: {
    cause: "bytes are not a timelock container",
    remedy: "check that the whole ciphertext was read, and nothing after it",
  },
  TIMELOCK_SIGNATURE_INVALID: {
    cause: "what was given as the beacon's signature is no point of its curve",
    remedy: "fetch the pulse of the round again",
  },
  TIMELOCK_WRONG_ROUND: {
    cause: "the signature is not of the container's round, or the container was altered",
    remedy: "use the pulse of the round the container was made for",
  },
  TIMELOCK_TAMPERED: {
    cause: "the ciphertext was altered after it was made",
    remedy: "fetch the container again; if it stays so, it is worthless",
  },
  VALUE_OUT_OF_RANGE: {
    cause: "a number does not fit the field it is written to",
    remedy: "give an unsigned integer of the field's width",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type CryptoCode = keyof typeof CRYPTO_ERRORS;
