import type { Principal } from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";

/** More than the neurons of the largest subnets. */
const MAX_HOTKEYS = 16_384;

/** Which hotkeys have moved to btauth: from them the weaker scheme is taken for a downgrade. */
export class Upgrades {
  readonly #keepMs: number;
  readonly #until = new Map<Hotkey, number>();

  /** 0 remembers nobody. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  has(sender: Hotkey, now: number): boolean {
    return (this.#until.get(sender) ?? 0) > now;
  }

  saw({ hotkey, scheme }: Principal, now: number): void {
    if (this.#keepMs === 0 || scheme !== "btauth/1") return;
    this.#until.delete(hotkey);
    this.#until.set(hotkey, now + this.#keepMs);
    if (this.#until.size <= MAX_HOTKEYS) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      return;
    }
  }
}
