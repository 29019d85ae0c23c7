import { isDeepStrictEqual } from "node:util";
import { type Subnet, SubnetReader, type SubnetShare, SubnetView } from "@neurond/admission";
import { keepFresh } from "@neurond/admission/io";
import { isCoded, type Netuid } from "@neurond/primitives";
import { type Logger, retry } from "@neurond/runtime";

/** Port: one subnet as the chain has it now; has a deadline of its own. */
export type ReadSubnet = (netuid: Netuid, signal: AbortSignal) => Promise<Subnet>;

export interface SubnetsDeps {
  readonly read: ReadSubnet;
  /** Null where this process stands alone. */
  readonly share: ((netuid: Netuid) => SubnetShare) | null;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** How fresh views are kept. */
export interface Freshness {
  readonly refreshMs: number;
  readonly staleMs: number;
}

interface Kept {
  readonly view: SubnetView;
  readonly freshness: Freshness;
  readonly stop: AbortController;
}

const RETRY_MS = 3_000;
const ATTEMPTS = 4;

/** Views of the subnets whose validators may call, each kept fresh by one reader; requests never wait for the chain. */
export class Subnets {
  readonly #deps: SubnetsDeps;
  #kept = new Map<Netuid, Kept>();
  #start: (netuid: Netuid, kept: Kept) => void = () => undefined;

  constructor(deps: SubnetsDeps) {
    this.#deps = deps;
  }

  /** The subnet to judge by now; undefined while there is no view that is recent enough. */
  current(netuid: Netuid): Subnet | undefined {
    return this.#kept.get(netuid)?.view.current();
  }

  /** Seconds, of each view; infinite before the first. */
  ages(): ReadonlyMap<Netuid, number> {
    return new Map([...this.#kept].map(([netuid, { view }]) => [netuid, view.ageMs() / 1000]));
  }

  /** Keeps these and forgets the others; a view whose freshness is the same stays. */
  keep(netuids: readonly Netuid[], freshness: Freshness): void {
    const before = this.#kept;
    this.#kept = new Map();
    for (const netuid of netuids) {
      const known = before.get(netuid);
      if (known && isDeepStrictEqual(known.freshness, freshness)) {
        this.#kept.set(netuid, known);
        before.delete(netuid);
        continue;
      }
      const kept = {
        view: this.#viewLike(known, freshness),
        freshness,
        stop: new AbortController(),
      };
      this.#kept.set(netuid, kept);
      this.#start(netuid, kept);
    }
    for (const { stop } of before.values()) stop.abort();
  }

  /** What was seen stays seen: nobody is turned away because a setting changed. */
  #viewLike(known: Kept | undefined, { staleMs }: Freshness): SubnetView {
    const { now } = this.#deps;
    const view = new SubnetView({ staleMs, now });
    const seen = known?.view.current();
    if (known && seen) view.adopt(seen, now() - known.view.ageMs());
    return view;
  }

  /** Reads, those of later settings too, until the signal fires. */
  async watch(signal: AbortSignal): Promise<void> {
    const failed = Promise.withResolvers<never>();
    const loops = new Set<Promise<void>>();
    this.#start = (netuid, kept) => {
      const until = AbortSignal.any([signal, kept.stop.signal]);
      const loop = this.#follow(netuid, kept, until)
        .catch(failed.reject)
        .finally(() => loops.delete(loop));
      loops.add(loop);
    };
    for (const [netuid, kept] of this.#kept) this.#start(netuid, kept);
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      await Promise.race([aborted, failed.promise]);
    } finally {
      this.#start = () => undefined;
      await Promise.all(loops);
    }
  }

  async #follow(netuid: Netuid, { view, freshness }: Kept, signal: AbortSignal): Promise<void> {
    const { read, share, now, log } = this.#deps;
    const { refreshMs, staleMs } = freshness;
    const shared = share?.(netuid) ?? null;
    const reader = new SubnetReader({
      view,
      netuid,
      read: () => read(netuid, signal),
      share: shared,
      leaseMs: refreshMs * 2,
      trustMs: Math.min(refreshMs * 2, staleMs),
      now,
      onShareFailed: (error) => log.warn({ error, netuid }, "subnet cannot be shared"),
    });
    const patient = {
      pass: () =>
        retry(() => reader.pass(), {
          signal,
          attempts: ATTEMPTS,
          firstDelayMs: RETRY_MS,
          retryable: isCoded,
        }),
    };
    await keepFresh(
      {
        reader: patient,
        refreshMs,
        onFailed: (error) => {
          if (!isCoded(error)) throw error;
          log.warn({ error, netuid, ageSec: view.ageMs() / 1000 }, "subnet not read");
        },
      },
      signal,
    );
    await shared?.resign().catch(() => undefined);
  }
}
