import { isDeepStrictEqual } from "node:util";

/** One sentence that every adapter of a port keeps; `run` rejects where it is broken. */
export interface ContractCheck<Harness> {
  readonly name: string;
  run(harness: Harness): Promise<void>;
}

/** Rejects a check unless two values are the same through and through. */
export function expectSame(found: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}
