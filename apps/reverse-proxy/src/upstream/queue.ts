import type { Rao } from "@neurond/primitives";
import type { LeavingSignal } from "../leaving.ts";
import type { QueueCode } from "./denials.ts";
import { type Place, queueRank } from "./queue-rank.ts";
import type { QueueSettings } from "./settings.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What decides the place of a request in a queue. */
export interface QueueEntry {
  readonly priorityClass: number;
  readonly stakeRao: Rao;
  /** Whose share of the queue it takes: a hotkey, or an address where nobody signed. */
  readonly owner: string;
  /** What the caller has left of its own timeout; null when it named none. */
  readonly patienceMs: number | null;
  readonly arrivedMs: number;
}

interface Waiter<Turn> {
  readonly place: Place;
  readonly owner: string;
  readonly arrivedMs: number;
  readonly settle: (result: Turn | QueueCode) => void;
}

/**
 * Requests that wait for a turn: so many, for so long, so many of one owner. When it is full the one
 * with the last place gives way, which may be the newcomer: who fills a queue early cannot keep out
 * those who would go before him.
 */
export class Queue<Turn> {
  readonly #settings: QueueSettings;
  readonly #line = new WaitingLine<Waiter<Turn>>();
  #sequence = 0;

  constructor(settings: QueueSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#line.size;
  }

  get isFull(): boolean {
    return this.#line.size >= this.#settings.maxWaiting;
  }

  /**
   * Waits for a turn, or for the reason why there will be none. `estimateMs` says how long so many
   * ahead will take, null when unknown.
   */
  wait(
    entry: QueueEntry,
    estimateMs: (ahead: number) => number | null,
    signal: LeavingSignal,
  ): QueueCode | Promise<Turn | QueueCode> {
    const { maxPerHotkey, maxWaitMs, ageingTauSec } = this.#settings;
    if (this.#line.countOf(entry.owner) >= maxPerHotkey) return "QUEUE_HOTKEY_FULL";
    const rank = queueRank(entry.stakeRao, entry.arrivedMs, ageingTauSec);
    const place = { priorityClass: entry.priorityClass, rank, sequence: this.#sequence++ };
    const ahead = this.#line.ahead(place);
    const patienceMs = Math.min(maxWaitMs, entry.patienceMs ?? maxWaitMs);
    if (entry.patienceMs !== null && (estimateMs(ahead) ?? 0) >= entry.patienceMs)
      return "QUEUE_HOPELESS";
    if (this.isFull && ahead === this.#line.size) return "QUEUE_FULL";
    if (this.isFull) this.#line.last?.settle("QUEUE_FULL");
    return this.#add(entry, place, patienceMs, signal);
  }

  /** When the one whose turn is next came; undefined when nobody waits. */
  get nextArrivedMs(): number | undefined {
    return this.#line.first?.arrivedMs;
  }

  /** Gives the next one its turn. */
  serve(turn: Turn): void {
    this.#line.first?.settle(turn);
  }

  /** Sends all away. */
  clear(code: QueueCode): void {
    while (this.#line.first !== undefined) this.#line.first.settle(code);
  }

  #add(
    { owner, arrivedMs }: QueueEntry,
    place: Place,
    patienceMs: number,
    signal: LeavingSignal,
  ): Promise<Turn | QueueCode> {
    const { promise, resolve } = Promise.withResolvers<Turn | QueueCode>();
    const leave = () => waiter.settle("CLIENT_LEFT");
    const timer = setTimeout(() => waiter.settle("QUEUE_TIMEOUT"), patienceMs);
    const waiter: Waiter<Turn> = {
      place,
      owner,
      arrivedMs,
      settle: (result) => {
        this.#line.remove(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", leave);
        resolve(result);
      },
    };
    this.#line.add(waiter);
    signal.addEventListener("abort", leave, { once: true });
    return promise;
  }
}
