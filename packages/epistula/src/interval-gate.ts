import type { Hotkey } from "@neurond/primitives";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { readSignature } from "./fields.ts";
import { readHeaderBlock } from "./header-block.ts";
import { EPISTULA } from "./header-names.ts";
import {
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
}

/**
 * A filter in front of the door, for load balancers that see headers only. It never authenticates.
 * Signatures found valid are remembered: which messages are fresh is asked anew of the clock each time.
 * A bad one costs up to eleven checks: limit by address before it.
 */
export class IntervalGate {
  readonly #receiver: Hotkey;
  readonly #variants: readonly IntervalVariant[];
  readonly #check: CheckSignature;
  readonly #peers = new PeerMemo();
  /** Sender, message and signature. */
  readonly #valid = new Set<string>();

  constructor({ receiver, variants = ["A", "B"], check = checkInline }: IntervalGateOptions) {
    this.#receiver = receiver;
    this.#variants = variants;
    this.#check = check;
  }

  /** Judges the interval headers of a request by our clock, Unix milliseconds. */
  async verify(headers: RawHeaders, now: number): Promise<IntervalVerdict> {
    const block = readHeaderBlock(headers);
    const sender = this.#peers.find(block.get(EPISTULA.signedBy) ?? "");
    if (!sender || block.repeated.length > 0) return { ok: false };
    const slots = INTERVAL_SLOTS.map((slot) =>
      readSignature(block.get(intervalHeader(slot)) ?? "", SPELLING),
    );
    const shown = this.#candidates(sender, intervalBucket(now)).flatMap((candidate) => {
      const signature = slots[candidate.slot];
      return signature
        ? [{ ...candidate, signature, name: nameOf(sender, candidate, signature) }]
        : [];
    });
    const known = shown.find(({ name }) => this.#valid.has(name));
    if (known) return { ok: true, variant: known.variant, slot: known.slot };
    for (const { variant, slot, message, signature, name } of shown) {
      const { publicKey } = sender;
      if (await this.#check("sr25519", publicKey, utf8ToBytes(message), signature)) {
        this.#remember(name);
        return { ok: true, variant, slot };
      }
    }
    return { ok: false };
  }

  #candidates(sender: Peer, bucket: number): readonly Candidate[] {
    return this.#variants.flatMap((variant) =>
      candidates(variant, bucket, variant === "C" ? sender.hotkey : this.#receiver),
    );
  }

  #remember(name: string): void {
    if (this.#valid.size >= MAX_REMEMBERED) this.#valid.clear();
    this.#valid.add(name);
  }
}

function nameOf(sender: Peer, { message }: Candidate, signature: Uint8Array): string {
  return `${sender.hotkey} ${message} ${bytesToHex(signature)}`;
}

/** The likeliest first: the middle slot of a sender in our own bucket. */
function candidates(variant: IntervalVariant, bucket: number, party: string): readonly Candidate[] {
  const at = (slot: IntervalSlot, from: number): Candidate => ({
    variant,
    slot,
    message: intervalMessage(variant, from, slot, party),
  });
  if (variant === "A") return [at(1, bucket), at(1, bucket - 1)];
  const slots = [1, 2, 0] as const;
  // The sender's bucket is the index less the slot's offset.
  return [bucket, bucket - 1, bucket + 1].flatMap((index) =>
    slots.map((slot) => at(slot, index - (slot - 1))),
  );
}
