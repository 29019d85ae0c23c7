import type { Hex } from "@neurond/primitives";

const BAN_MS = 30 * 60_000;
/** Bounds memory at about a megabyte; the oldest bans go first. */
const MAX_BANS = 4_096;

/** Extrinsics that were invalid lately: the same bytes are not looked at again for half an hour. */
export class BanList {
  readonly #until = new Map<Hex, number>();

  add(hash: Hex, nowMs: number): void {
    this.#until.delete(hash);
    this.#until.set(hash, nowMs + BAN_MS);
    if (this.#until.size <= MAX_BANS) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      return;
    }
  }

  has(hash: Hex, nowMs: number): boolean {
    const until = this.#until.get(hash);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    this.#until.delete(hash);
    return false;
  }
}
