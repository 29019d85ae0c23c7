import { domainHash, type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { readSignature } from "./fields.ts";
import { requireSr25519, type SigningKey, signInputInvalid } from "./signing-key.ts";

/** Which answer a stream is: the request by what it spent, and both parties. */
export interface StreamOf {
  /** Nonce or uuid of the request; no line break in it. */
  readonly request: string;
  readonly requester: Hotkey;
  readonly responder: Hotkey;
}

/** Proof of all frames so far, to be sent between two of them. */
export interface Checkpoint {
  /** Frames it covers, from the first. */
  readonly frames: number;
  /** Whether none follows. */
  readonly end: boolean;
  /** `0x` and 128 digits. */
  readonly signature: string;
}

/** A checkpoint's answer to its reader. */
export type StreamVerdict =
  | { readonly kind: "proven"; readonly frames: number; readonly complete: boolean }
  | { readonly kind: "broken"; readonly reason: string };

const SPELLING = { upperCase: false, bare: false, upperPrefix: false };

/** Each frame is hashed onto those before it: none can be left out, moved or altered unnoticed. */
class FrameChain {
  readonly #of: StreamOf;
  #tip: Uint8Array;
  frames = 0;

  constructor(of: StreamOf) {
    if (of.request === "" || of.request.includes("\n")) {
      throw signInputInvalid("the request of a stream is not one line");
    }
    this.#of = of;
    this.#tip = domainHash("neurond/stream/1", lines(of));
  }

  push(frame: Uint8Array): void {
    // The tip has always 32 bytes, so that no two lists of frames hash alike.
    this.#tip = sha256.create().update(this.#tip).update(frame).digest();
    this.frames += 1;
  }

  message(end: boolean): Uint8Array {
    const state = end ? "end" : "more";
    const parts = ["btauth-stream/1", lines(this.#of), this.frames, bytesToHex(this.#tip), state];
    return utf8ToBytes(parts.join("\n"));
  }
}

const lines = ({ request, requester, responder }: StreamOf): string =>
  [request, requester, responder].join("\n");

/** Proves a stream while it is sent: a signature each `every` frames, and one at its end. */
export class StreamSigner {
  readonly #key: SigningKey;
  readonly #chain: FrameChain;
  readonly #every: number;

  constructor(key: SigningKey, of: Omit<StreamOf, "responder">, every: number) {
    if (!Number.isSafeInteger(every) || every < 1) {
      throw signInputInvalid(`a checkpoint each ${every} frames: give a whole number from 1`);
    }
    this.#key = key;
    this.#chain = new FrameChain({ ...of, responder: requireSr25519(key) });
    this.#every = every;
  }

  /** Takes a frame about to be sent; a checkpoint to send after it when one is due. */
  push(frame: Uint8Array, random: () => Uint8Array): Checkpoint | undefined {
    this.#chain.push(frame);
    return this.#chain.frames % this.#every === 0 ? this.#sign(false, random()) : undefined;
  }

  /** The last checkpoint: without it, a stream cut short looks like one that ended. */
  end(random: () => Uint8Array): Checkpoint {
    return this.#sign(true, random());
  }

  #sign(end: boolean, random: Uint8Array): Checkpoint {
    const signature = toHex(this.#key.sign(this.#chain.message(end), random));
    return { frames: this.#chain.frames, end, signature };
  }
}

/** Checks a stream while it is read. Frames since the last checkpoint are not proven yet. */
export class StreamVerifier {
  readonly #chain: FrameChain;
  readonly #publicKey: Uint8Array;
  readonly #check: CheckSignature;
  #state: "reading" | "complete" | "broken" = "reading";

  constructor(of: StreamOf, check: CheckSignature = checkInline) {
    this.#chain = new FrameChain(of);
    this.#publicKey = publicKeyOf(of.responder);
    this.#check = check;
  }

  /** Takes a frame as received. */
  push(frame: Uint8Array): void {
    // Whatever follows the end was not said by the responder.
    if (this.#state === "complete") this.#state = "broken";
    this.#chain.push(frame);
  }

  /** Judges a checkpoint that arrived at this place of the stream. */
  async check(checkpoint: Checkpoint): Promise<StreamVerdict> {
    const frames = this.#chain.frames;
    if (this.#state !== "reading")
      return this.#broken("the stream had ended, or was broken before");
    if (checkpoint.frames !== frames) {
      return this.#broken(`a checkpoint of ${checkpoint.frames} frames came after ${frames}`);
    }
    const message = this.#chain.message(checkpoint.end);
    const signature = readSignature(checkpoint.signature, SPELLING);
    if (!signature || !(await this.#check("sr25519", this.#publicKey, message, signature))) {
      return this.#broken("the signature does not cover the frames received");
    }
    if (checkpoint.end) this.#state = "complete";
    return { kind: "proven", frames, complete: checkpoint.end };
  }

  /** Whether all of the stream was proven: to be asked when the connection has ended. */
  get isComplete(): boolean {
    return this.#state === "complete";
  }

  #broken(reason: string): StreamVerdict {
    this.#state = "broken";
    return { kind: "broken", reason };
  }
}
