import { CodedError } from "@neurond/primitives";
import type { Ban, BanStore } from "./ban.ts";
import type { AdminCode } from "./errors.ts";

/** Enough for a subnet's every key many times over; beyond, a policy is what is meant. */
const MAX_BANS = 10_000;

export interface BanListDeps {
  readonly store: BanStore;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Who may not call. Asked with every request, from memory; what is said holds from the next request on. */
export class BanList {
  readonly #deps: BanListDeps;
  #bans = new Map<string, Ban>();
  /** Those that the store has not taken yet. */
  readonly #unsaved = new Map<string, Ban>();
  /** One thing after another: a refresh must not undo a ban that is being written. */
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: BanListDeps) {
    this.#deps = deps;
  }

  has(key: string): boolean {
    const ban = this.#bans.get(key);
    return ban !== undefined && this.#holds(ban);
  }

  /** Those that hold, the latest first. */
  list(): readonly Ban[] {
    return [...this.#bans.values()]
      .filter((ban) => this.#holds(ban))
      .sort((a, b) => b.sinceMs - a.sinceMs || (a.key < b.key ? -1 : 1));
  }

  /**
   * @throws CodedError BANS_FULL, BANS_UNSAVED; after the latter it holds in this process all the same, and
   * is written down with the next one or the next refresh.
   */
  async ban(ban: Ban): Promise<void> {
    if (!this.#bans.has(ban.key) && this.list().length >= MAX_BANS)
      throw new CodedError<AdminCode>("BANS_FULL", `${MAX_BANS} keys are banned already`);
    this.#bans.set(ban.key, ban);
    this.#unsaved.set(ban.key, ban);
    await this.#inTurn(async () => {
      await this.#save();
      for (const { key } of [...this.#bans.values()].filter((old) => !this.#holds(old))) {
        this.#bans.delete(key);
        await this.#deps.store.remove(key);
      }
    });
  }

  /** Whether there was a ban to lift. */
  async unban(key: string): Promise<boolean> {
    const was = this.has(key);
    this.#bans.delete(key);
    this.#unsaved.delete(key);
    await this.#inTurn(() => this.#deps.store.remove(key));
    return was;
  }

  /** Writes down what is not yet, and takes what the store holds; where it fails all stays as it is. */
  async refresh(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#save();
      const bans = await this.#deps.store.read();
      this.#bans = new Map(bans.map((ban) => [ban.key, ban]));
    });
  }

  async #save(): Promise<void> {
    for (const ban of [...this.#unsaved.values()]) {
      await this.#deps.store.put(ban);
      if (this.#unsaved.get(ban.key) === ban) this.#unsaved.delete(ban.key);
    }
  }

  #holds({ untilMs }: Ban): boolean {
    return untilMs === null || untilMs > this.#deps.now();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
