import { sha256 } from "@noble/hashes/sha2.js";
import type { CheckSignature } from "./check-signature.ts";
import {
  type BtauthResponse,
  type EpistulaResponse,
  signBtauthResponse,
  signEpistulaResponse,
  verifyBtauthResponse,
  verifyEpistulaResponse,
} from "./response-proof.ts";
import type { SigningKey } from "./signing-key.ts";

/** SHA-256 as it grows; a `Hash` of Node is one, and faster than ours. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/**
 * Proof of a streamed answer, for its trailer: both sides push the bytes as they pass, and the signature
 * covers them all. Of a stream that is cut short nothing is proven; `StreamSigner` proves it by parts.
 */
export class RunningProof {
  readonly #hash: RunningHash;
  #digest: Uint8Array | undefined;

  constructor(hash: RunningHash = sha256.create()) {
    this.#hash = hash;
  }

  /** Takes the next bytes; none once the proof was asked for. */
  push(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** `X-Response-Signature` over all bytes. */
  signBtauth(
    key: SigningKey,
    response: Omit<BtauthResponse, "responder" | "bodySha256">,
    random: Uint8Array,
  ): readonly [string, string] {
    return signBtauthResponse(key, { ...response, bodySha256: this.#end() }, random);
  }

  /** `Epistula-Response-Signature` over all bytes. */
  signEpistula(
    key: SigningKey,
    response: Omit<EpistulaResponse, "responder" | "bodySha256">,
    random: Uint8Array,
  ): readonly [string, string] {
    return signEpistulaResponse(key, { ...response, bodySha256: this.#end() }, random);
  }

  /** Whether the responder sent exactly these bytes with this status. */
  verifyBtauth(
    response: Omit<BtauthResponse, "bodySha256">,
    signature: string,
    check?: CheckSignature,
  ): Promise<boolean> {
    return verifyBtauthResponse({ ...response, bodySha256: this.#end() }, signature, check);
  }

  /** Whether the responder sent exactly these bytes. */
  verifyEpistula(
    response: Omit<EpistulaResponse, "bodySha256">,
    signature: string,
    check?: CheckSignature,
  ): Promise<boolean> {
    return verifyEpistulaResponse({ ...response, bodySha256: this.#end() }, signature, check);
  }

  #end(): Uint8Array {
    this.#digest ??= this.#hash.digest();
    return this.#digest;
  }
}
