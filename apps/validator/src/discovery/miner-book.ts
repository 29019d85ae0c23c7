import type { Hotkey } from "@neurond/primitives";
import {
  afterPoll,
  type HealthRules,
  type MinerHealth,
  mayBeAsked,
  mayOffer,
  newMinerHealth,
  type Poll,
  type Validity,
} from "@neurond/registry";
import { CONTAINED, OFFLINE, type Outcome } from "@neurond/workload";

/** A miner's health, and where it was asked for it. */
interface Page {
  readonly url: string;
  readonly health: MinerHealth;
}

/** What capacity polls came to. In memory only: after a restart every miner is asked anew. */
export class MinerBook {
  readonly #pages = new Map<Hotkey, Page>();
  /** Polls a silent miner had failed when it was last given a task. */
  readonly #askedAfter = new Map<Hotkey, number>();
  readonly #rules: HealthRules;
  readonly #now: () => number;

  constructor(rules: HealthRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  healthOf(hotkey: Hotkey): MinerHealth {
    return this.#pages.get(hotkey)?.health ?? newMinerHealth(this.#now());
  }

  /** Every miner that was polled. */
  entries(): readonly (readonly [Hotkey, MinerHealth])[] {
    return [...this.#pages].map(([hotkey, { health }]) => [hotkey, health] as const);
  }

  /** How many miners have which standing. */
  counts(): Readonly<Record<Validity, number>> {
    const counts = { unknown: 0, valid: 0, contained: 0, invalid: 0 };
    for (const [, { validity }] of this.entries()) counts[validity] += 1;
    return counts;
  }

  /** Whether a miner's capacity is to be asked now; who has moved is asked at once. */
  isDue(hotkey: Hotkey, url: string): boolean {
    const page = this.#pages.get(hotkey);
    return page === undefined || page.url !== url || page.health.nextPollMs <= this.#now();
  }

  /** Moving wins nothing: the standing stays until the new place has answered. */
  note(hotkey: Hotkey, url: string, poll: Poll): void {
    const health = afterPoll(this.healthOf(hotkey), poll, this.#rules);
    this.#pages.set(hotkey, { url, health });
    if (health.failures === 0) this.#askedAfter.delete(hotkey);
  }

  /** Forgets who has left the subnet. */
  keepOnly(hotkeys: ReadonlySet<Hotkey>): void {
    for (const hotkey of this.#pages.keys()) {
      if (hotkeys.has(hotkey)) continue;
      this.#pages.delete(hotkey);
      this.#askedAfter.delete(hotkey);
    }
  }

  /**
   * Whether a task that takes a capability is put to a miner. `later`: it was silent, and is given the
   * same task again when its capacity has been asked once more.
   */
  mayTake(hotkey: Hotkey, capability: string): "now" | "later" | "never" {
    const health = this.healthOf(hotkey);
    if (!mayBeAsked(health) || !mayOffer(health, capability)) return "never";
    const isWaiting = isOwed(health) && this.#askedAfter.get(hotkey) === health.failures;
    return isWaiting ? "later" : "now";
  }

  /** What a miner's silence comes to: nothing is held against it before it was asked again. */
  outcomeOfSilence(hotkey: Hotkey): Outcome {
    const health = this.healthOf(hotkey);
    if (!isOwed(health)) return OFFLINE;
    this.#askedAfter.set(hotkey, health.failures);
    return CONTAINED;
  }
}

/** Whether a miner is still owed another question. */
function isOwed({ validity }: MinerHealth): boolean {
  return validity === "contained" || validity === "unknown";
}
