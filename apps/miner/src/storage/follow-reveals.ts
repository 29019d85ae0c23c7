import { setTimeout as sleep } from "node:timers/promises";
import type { SubnetView } from "@neurond/admission";
import { axonUrl, type Metagraph } from "@neurond/chain";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { MinerMetrics } from "../metrics.ts";
import { type CheckRevealDeps, checkReveal } from "./check-reveal.ts";
import { handIn } from "./hand-in.ts";
import { noteOf } from "./read-entry.ts";
import { logEntries, logSize } from "./read-log.ts";
import type { Place, RevealBook } from "./reveal-book.ts";

export interface FollowRevealsDeps extends CheckRevealDeps {
  readonly netuid: Netuid;
  readonly miner: Hotkey;
  readonly view: SubnetView<Metagraph>;
  readonly book: RevealBook;
  readonly allowPrivate: boolean;
  /** Who is sent the proofs. */
  readonly auditors: readonly string[];
  readonly metrics: MinerMetrics;
  readonly log: Logger;
}

/** Of a log that was never read: reveals of periods before our first tags do not matter. */
const LOOK_BACK = 5_000;
/** Entries of one validator in one go, so that a long log keeps nobody else waiting. */
const MAX_AT_ONCE = 20_000;

/** Reads the logs of validators that gave us tags, and checks the tags when a secret is revealed. */
export async function followReveals(
  deps: FollowRevealsDeps,
  everySeconds: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await lookForReveals(deps, signal);
    await handIn(deps, signal);
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

/** One look at every validator; one that does not answer is asked again next time. */
export async function lookForReveals(deps: FollowRevealsDeps, signal: AbortSignal): Promise<void> {
  const taggers = new Set(deps.tags.list().map(({ grant }) => grant.validator));
  for (const validator of taggers) {
    const neuron = deps.view.current()?.byHotkey.get(validator);
    const url = neuron === undefined ? null : axonUrl(neuron.axon, deps.allowPrivate);
    if (url === null) continue;
    try {
      await readOn(deps, validator, url, signal);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.debug({ error, validator }, "a validator's log could not be read");
    }
  }
}

async function readOn(
  deps: FollowRevealsDeps,
  validator: Hotkey,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const { book, netuid, miner } = deps;
  const size = await logSize(url, signal);
  const known = await book.of(validator);
  // A log that was begun anew is read from where it is.
  const from = known === null || known.next > size ? Math.max(0, size - LOOK_BACK) : known.next;
  let place: Place = { ...known, next: from, failed: known?.failed ?? [] };
  const end = Math.min(size, from + MAX_AT_ONCE);
  while (place.next < end) {
    const texts = await logEntries(url, { from: place.next, to: end }, signal);
    const failed = new Set(place.failed);
    let { owes } = place;
    for (const text of texts) {
      const noted = noteOf(text, { netuid, validator, miner });
      if (noted?.kind === "failed") failed.add(noted.period);
      if (noted?.kind === "owes") owes = { period: noted.period, blocks: noted.blocks };
      if (noted?.kind !== "reveal") continue;
      const { period, secret } = noted;
      await check(deps, { validator, period, secret, hasFailed: failed.delete(period) }, signal);
    }
    const next = place.next + texts.length;
    place = { next, failed: [...failed].slice(-1000), ...(owes && { owes }) };
    await book.keep(validator, place);
  }
}

async function check(
  deps: FollowRevealsDeps,
  reveal: Omit<Parameters<typeof checkReveal>[0], "netuid">,
  signal: AbortSignal,
): Promise<void> {
  const { netuid, metrics, log, evidence } = deps;
  const wrong = await checkReveal({ ...reveal, netuid }, deps, signal);
  metrics.badTags.inc(wrong);
  if (wrong === 0) return;
  const { validator, period } = reveal;
  log.error({ validator, period, shards: wrong, evidence }, "a validator handed us wrong tags");
}
