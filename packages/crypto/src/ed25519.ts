import { ed25519 } from "@noble/curves/ed25519.js";
import type { Verify } from "./verify.ts";

/** Verifies ed25519 by the rules of ZIP 215, which Substrate follows, so that all nodes agree. */
export const verifyEd25519: Verify = (publicKey, message, signature) =>
  publicKey.length === 32 &&
  signature.length === 64 &&
  ed25519.verify(signature, message, publicKey, { zip215: true });
