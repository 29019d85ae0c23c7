/** What a killed process throws wherever it happens to be. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Methods that answer at once; the others promise to. */
const NOT_PROMISED = new Set<string | symbol>(["scanCommitments", "watchHeads", "status"]);

/** Counts what a validator asks of the world outside, and ends it at a chosen call. */
export class KillSwitch {
  #left: number;
  #isDead = false;
  readonly #isAfter: boolean;

  /** Dies at the call of this number, counted from 1: before it has any effect, or after. */
  constructor(calls: number, isAfter: boolean) {
    this.#left = calls;
    this.#isAfter = isAfter;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The same object, every call of which may be the last. */
  guard<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (found, name) => {
        const value: unknown = Reflect.get(found, name);
        if (typeof value !== "function") return value;
        const isSync = NOT_PROMISED.has(name);
        return (...args: unknown[]) => this.#call(() => Reflect.apply(value, found, args), isSync);
      },
    });
  }

  #call(action: () => unknown, isSync: boolean): unknown {
    if (this.#isDead) throw new Killed("dead already");
    this.#left -= 1;
    if (this.#left > 0) return action();
    this.#isDead = true;
    if (isSync) throw new Killed("killed");
    const result = this.#isAfter ? action() : undefined;
    return Promise.resolve(result).then(() => {
      throw new Killed("killed");
    });
  }
}
