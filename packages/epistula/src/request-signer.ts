import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type IntervalVariant, intervalBucket, signInterval } from "./interval.ts";
import type { AuthScheme } from "./policy.ts";
import { pairedUuid } from "./replay-keys.ts";
import type { RawHeaders } from "./request-head.ts";
import { signBtauth } from "./sign-btauth.ts";
import { type EpistulaStyle, signEpistula } from "./sign-epistula.ts";
import { requireSr25519, type SigningKey, signInputInvalid } from "./signing-key.ts";
import { millisecondsToNs } from "./window.ts";

const NS_PER_MS = 1_000_000;
const RANDOM_BYTES = 32;
const MAX_INTERVALS = 4096;

/** How a client signs; by default so that every server of the field understands it. */
export interface RequestSignerOptions extends EpistulaStyle {
  readonly key: SigningKey;
  readonly schemes?: readonly AuthScheme[];
  /** Interval signatures beside Epistula: three more signatures per receiver and ten seconds. */
  readonly interval?: IntervalVariant | "none";
}

/** A request about to be sent. Every attempt is signed anew, retries too. */
export interface RequestToSign {
  readonly method: string;
  /** `pathname + search` of the final URL. */
  readonly target: string;
  /** SHA-256 of the very bytes to be sent, 32 bytes. */
  readonly bodySha256: Uint8Array;
  readonly receiver: Hotkey | null;
  /** Unix milliseconds. */
  readonly now: number;
  /** 32 bytes, new for every call. */
  readonly random: Uint8Array;
  /** In place of the signer's own, for a peer known to take these. */
  readonly schemes?: readonly AuthScheme[];
  /** Otherwise derived from the nonce, so that a receiver can spend both at once. */
  readonly uuid?: string;
  /** Unix nanoseconds; otherwise `now` and a counter. */
  readonly nonce?: bigint;
}

/** Signs requests with one key; it keeps a counter, so that no two of its nonces are equal. */
export class RequestSigner {
  readonly #options: Required<Omit<RequestSignerOptions, keyof EpistulaStyle>>;
  readonly #style: EpistulaStyle;
  /** Headers by receiver; a bucket's are kept because a balancer remembers signatures, not messages. */
  readonly #intervals = new Map<
    Hotkey,
    { readonly bucket: number; readonly headers: RawHeaders }
  >();
  #counter: number | undefined;

  constructor({ key, schemes, interval = "A", ...style }: RequestSignerOptions) {
    this.#options = { key, schemes: schemes ?? ["btauth", "epistula"], interval };
    this.#style = style;
    if (this.#options.schemes.length === 0) throw signInputInvalid("no scheme was chosen");
    if (this.#options.schemes.includes("epistula")) requireSr25519(key);
  }

  /** The authentication headers of one attempt. */
  sign(request: RequestToSign): RawHeaders {
    const { key } = this.#options;
    const { schemes = this.#options.schemes } = request;
    if (request.random.length !== RANDOM_BYTES) {
      throw signInputInvalid(`${request.random.length} random bytes given: give ${RANDOM_BYTES}`);
    }
    const nonce = request.nonce ?? this.#nextNonce(request);
    const headers: (readonly [string, string])[] = [];
    if (schemes.includes("btauth")) headers.push(...signBtauth(key, { ...request, nonce }));
    // Epistula has no requests to oneself; btauth has, and goes alone then.
    const toSelf = request.receiver === hotkeyOf(key.publicKey) && schemes.includes("btauth");
    if (schemes.includes("epistula") && !toSelf) {
      const uuid = request.uuid ?? pairedUuid(bytesToHex(key.publicKey), String(nonce));
      headers.push(...signEpistula(key, { ...request, uuid }, this.#style));
      headers.push(...this.#intervalHeaders(request));
    }
    return headers;
  }

  /** Counts within a millisecond, from a random start: two processes may share a hotkey. */
  #nextNonce({ now, random }: RequestToSign): bigint {
    const start = new DataView(random.buffer, random.byteOffset).getUint32(0);
    const counter = this.#counter ?? start % NS_PER_MS;
    this.#counter = (counter + 1) % NS_PER_MS;
    return millisecondsToNs(now) + BigInt(counter);
  }

  #intervalHeaders({ receiver, now, random }: RequestToSign): RawHeaders {
    const { key, interval } = this.#options;
    if (interval === "none" || receiver === null) return [];
    const bucket = intervalBucket(now);
    const known = this.#intervals.get(receiver);
    if (known?.bucket === bucket) return known.headers;
    const headers = signInterval(key, interval, bucket, receiver, random);
    if (this.#intervals.size >= MAX_INTERVALS) this.#intervals.clear();
    this.#intervals.set(receiver, { bucket, headers });
    return headers;
  }
}
