import { syntheticsError } from "./errors.ts";

/** API keys in turn, so that requests do not all come from one user; a key that was refused rests. */
export class KeyRing {
  readonly #keys: readonly string[];
  readonly #restsUntil = new Map<string, number>();
  #next = 0;

  /** @throws CodedError API_KEY_MISSING */
  constructor(keys: readonly string[]) {
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
