import { syntheticsError } from "./errors.ts";

const PRINTABLE = /^[\x21-\x7e]{1,500}$/;

/** API keys in turn, so that requests do not all come from one user; a key that was refused rests. */
export class KeyRing {
  readonly #keys: readonly string[];
  readonly #restsUntil = new Map<string, number>();
  #next = 0;

  /** @throws CodedError API_KEY_MISSING, API_KEY_INVALID */
  constructor(keys: readonly string[]) {
    // Caught here: what refuses it further on would print it.
    const broken = keys.findIndex((key) => !PRINTABLE.test(key));
    if (broken !== -1) {
      const text = `API key ${broken + 1} of ${keys.length} is not one word of printable ASCII`;
      throw syntheticsError("API_KEY_INVALID", text);
    }
    this.#keys = [...new Set(keys)];
    if (this.#keys.length > 0) return;
    throw syntheticsError("API_KEY_MISSING", "synthetics need an API key; none is configured");
  }

  /** The next key that does not rest; when all do, the one whose rest ends first. */
  next(nowMs: number): string {
    const turn = this.#keys.map(
      (_, place) => this.#keys[(this.#next + place) % this.#keys.length] ?? "",
    );
    this.#next = (this.#next + 1) % this.#keys.length;
    const until = (key: string) => this.#restsUntil.get(key) ?? 0;
    const rested = turn.find((key) => until(key) <= nowMs);
    return rested ?? turn.toSorted((a, b) => until(a) - until(b))[0] ?? "";
  }

  rest(key: string, untilMs: number): void {
    this.#restsUntil.set(key, untilMs);
  }
}
