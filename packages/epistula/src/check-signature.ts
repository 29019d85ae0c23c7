import { type Scheme, verifyEd25519, verifySr25519Fast } from "@neurond/crypto";

/**
 * Whether `signature` by `publicKey` covers `message` under exactly this scheme. It may answer later,
 * from a pool of workers; it rejects only when it cannot tell.
 */
export type CheckSignature = (
  scheme: Scheme,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** Checks on the calling thread. */
export const checkInline: CheckSignature = (scheme, publicKey, message, signature) =>
  scheme === "sr25519"
    ? verifySr25519Fast(publicKey, message, signature)
    : verifyEd25519(publicKey, message, signature);
