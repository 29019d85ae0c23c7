import { addressKey } from "./address-key.ts";

/** About 5 MB. */
const MAX_ADDRESSES = 50_000;
const PROVEN_MS = 3_600_000;
const FIRST_WAIT_MS = 1_000;

interface Record {
  provenUntil: number;
  /** Refused in a row since it last proved a key. */
  refused: number;
  waitUntil: number;
}

/**
 * What we remember of client addresses: whether a caller proved its key from there within the hour, and
 * how often in a row one did not. The oldest are forgotten first; a stranger is who is not remembered.
 */
export class KnownAddresses {
  readonly #records = new Map<string, Record>();

  /** Whether a caller proved its key from this address within the hour. */
  isProven(ip: string, now: number): boolean {
    const record = this.#records.get(addressKey(ip));
    return record !== undefined && record.provenUntil > now;
  }

  /** Milliseconds that the address has yet to wait; 0 when it need not. */
  waitMs(ip: string, now: number): number {
    const record = this.#records.get(addressKey(ip));
    return record === undefined ? 0 : Math.max(0, record.waitUntil - now);
  }

  proved(ip: string, now: number): void {
    this.#put(addressKey(ip), { provenUntil: now + PROVEN_MS, refused: 0, waitUntil: 0 });
  }

  /** Counts a refusal; from the `after`th in a row on the address waits, twice as long each time. */
  refused(ip: string, now: number, after: number, maxMs: number): void {
    const key = addressKey(ip);
    const known = this.#records.get(key) ?? { provenUntil: 0, refused: 0, waitUntil: 0 };
    if (known.provenUntil > now) return;
    const refused = known.refused + 1;
    const doublings = Math.min(refused - after, 30);
    const waitUntil =
      after > 0 && doublings >= 0 ? now + Math.min(maxMs, FIRST_WAIT_MS * 2 ** doublings) : 0;
    this.#put(key, { ...known, refused, waitUntil });
  }

  /** Addresses with a key proven within the hour, for allow-lists of firewalls. */
  proven(now: number): readonly string[] {
    return [...this.#records]
      .filter(([, { provenUntil }]) => provenUntil > now)
      .map(([key]) => key);
  }

  #put(key: string, record: Record): void {
    this.#records.delete(key);
    this.#records.set(key, record);
    if (this.#records.size <= MAX_ADDRESSES) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      return;
    }
  }
}
