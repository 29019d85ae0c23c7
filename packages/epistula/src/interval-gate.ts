import type { Hotkey } from "@neurond/primitives";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { readSignature } from "./fields.ts";
import { readHeaderBlock } from "./header-block.ts";
import { EPISTULA } from "./header-names.ts";
import {
  INTERVAL_MS,
  INTERVAL_SLOTS,
  type IntervalSlot,
  type IntervalVariant,
  intervalBucket,
  intervalHeader,
  intervalMessage,
} from "./interval.ts";
import { type Peer, PeerMemo } from "./peer-memo.ts";
import type { RawHeaders } from "./request-head.ts";

const MAX_REMEMBERED = 4096;
const SPELLING = { upperCase: true, bare: false, upperPrefix: false };

/** Whether a fresh interval signature was shown. It proves no request: nothing of one is signed. */
export type IntervalVerdict =
  | { readonly ok: true; readonly variant: IntervalVariant; readonly slot: IntervalSlot }
  | { readonly ok: false };

/** What a gate accepts. */
export interface IntervalGateOptions {
  /** Our own hotkey. */
  readonly receiver: Hotkey;
  /** C is left out by default: it names no receiver. */
  readonly variants?: readonly IntervalVariant[];
  readonly check?: CheckSignature;
}

interface Candidate {
  readonly variant: IntervalVariant;
  readonly slot: IntervalSlot;
  readonly message: string;
  /** Number of the bucket this message stands for. */
  readonly index: number;
}

/**
 * A filter in front of the door, for load balancers that see headers only. It never authenticates.
 * Signatures found valid are remembered until their bucket is over, and ten seconds more.
 */
export class IntervalGate {
  readonly #receiver: Hotkey;
  readonly #variants: readonly IntervalVariant[];
  readonly #check: CheckSignature;
  readonly #peers = new PeerMemo();
  /** Expiry in Unix milliseconds by sender, message and signature. */
  readonly #valid = new Map<string, number>();

  constructor({ receiver, variants = ["B", "A"], check = checkInline }: IntervalGateOptions) {
    this.#receiver = receiver;
    this.#variants = variants;
    this.#check = check;
  }

  /** Judges the interval headers of a request by our clock, Unix milliseconds. */
  async verify(headers: RawHeaders, now: number): Promise<IntervalVerdict> {
    const block = readHeaderBlock(headers);
    const sender = this.#peers.find(block.get(EPISTULA.signedBy) ?? "");
    if (!sender || block.repeated.length > 0) return { ok: false };
    const bucket = intervalBucket(now);
    const slots = INTERVAL_SLOTS.map((slot) =>
      readSignature(block.get(intervalHeader(slot)) ?? "", SPELLING),
    );
    for (const variant of this.#variants) {
      const party = variant === "C" ? sender.hotkey : this.#receiver;
      for (const candidate of candidates(variant, bucket, party)) {
        const signature = slots[candidate.slot];
        if (signature && (await this.#isValid(sender, candidate, signature, now))) {
          return { ok: true, variant, slot: candidate.slot };
        }
      }
    }
    return { ok: false };
  }

  async #isValid(
    sender: Peer,
    candidate: Candidate,
    signature: Uint8Array,
    now: number,
  ): Promise<boolean> {
    const name = `${sender.hotkey} ${candidate.message} ${bytesToHex(signature)}`;
    if ((this.#valid.get(name) ?? 0) > now) return true;
    const message = utf8ToBytes(candidate.message);
    if (!(await this.#check("sr25519", sender.publicKey, message, signature))) return false;
    if (this.#valid.size >= MAX_REMEMBERED) this.#valid.clear();
    this.#valid.set(name, (candidate.index + 1) * INTERVAL_MS);
    return true;
  }
}

/** The likeliest first: the middle slot of a sender in our own bucket. */
function candidates(variant: IntervalVariant, bucket: number, party: string): readonly Candidate[] {
  const at = (slot: IntervalSlot, from: number): Candidate => ({
    variant,
    slot,
    message: intervalMessage(variant, from, slot, party),
    index: variant === "A" ? from : from + slot - 1,
  });
  if (variant === "A") return [at(1, bucket), at(1, bucket - 1)];
  const slots = [1, 2, 0] as const;
  // The sender's bucket is the index less the slot's offset.
  return [bucket, bucket - 1, bucket + 1].flatMap((index) =>
    slots.map((slot) => at(slot, index - (slot - 1))),
  );
}
