import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "@neurond/files";
import type { Hotkey } from "@neurond/primitives";

const MAX_CALLERS = 4_096;
const MAX_REQUESTS = 100;

/** Who asked what and when, of each caller the latest, in a file for people (`--miner.request_log_name`). */
export class RequestLog {
  readonly #path: string;
  readonly #requests = new Map<Hotkey, [message: string, time: number][]>();
  #isChanged = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Notes a request; time is seconds since 1970. */
  note(caller: Hotkey, message: string, time: number): void {
    const requests = this.#requests.get(caller) ?? [];
    requests.push([message, time]);
    if (requests.length > MAX_REQUESTS) requests.shift();
    this.#requests.delete(caller);
    this.#requests.set(caller, requests);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > MAX_CALLERS && oldest !== undefined) this.#requests.delete(oldest);
    this.#isChanged = true;
  }

  /** Writes what was noted since, if anything was. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    await mkdir(dirname(this.#path), { recursive: true });
    await writeWhole(this.#path, `${JSON.stringify(Object.fromEntries(this.#requests))}\n`);
  }
}
