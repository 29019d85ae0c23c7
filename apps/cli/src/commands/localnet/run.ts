import type { connectChain } from "@neurond/chain";
import { CodedError, isAbort } from "@neurond/primitives";
import { forLatest } from "@neurond/runtime";
import { AUDITOR } from "./cast.ts";
import { playCheats } from "./cheats.ts";
import { checkDoors } from "./check-doors.ts";
import { checkReceipts } from "./check-receipts.ts";
import { baseOf, cleanEnvironment, type Environment, operatorOf } from "./daemons.ts";
import { takeDirectory } from "./directory.ts";
import { found } from "./found.ts";
import { checkEvidence, isTold, outcomeOf, since } from "./outcome.ts";
import type { Outcome } from "./schemas.ts";
import { evidenceOf } from "./settings.ts";
import { startEverything } from "./start.ts";
import { Story } from "./story.ts";
import type { View } from "./view.ts";
import { Watcher } from "./watch.ts";

/** What the person chose. */
export interface LocalnetOptions {
  readonly directory: string;
  readonly port: number;
  readonly blockTimeMs: number;
  readonly timelocked: boolean;
  readonly fresh: boolean;
  readonly file: string;
  /** Whether to end when the story has been told. */
  readonly once: boolean;
}

/** Who looks on. */
export interface Audience {
  /** Hears of the steps before there is anything to see. */
  readonly step: (text: string) => void;
  readonly see: (view: View) => void;
  /** Gets the outcome when the story has been told. */
  readonly judge: (outcome: Outcome) => Promise<void>;
}

/** What the process lends. */
export interface Lent {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly connectChain: typeof connectChain;
}

/** Runs a whole subnet on this machine until it is interrupted or, once, until its story is told. */
export async function runLocalnet(
  options: LocalnetOptions,
  audience: Audience,
  lent: Lent,
): Promise<void> {
  const startedMs = Date.now();
  const { signal } = lent;
  const env = cleanEnvironment(lent.env);
  await using resources = new AsyncDisposableStack();
  const { places } = resources.use(await takeDirectory(options.directory, { ...options, signal }));
  const ground = await found(places, options);
  const { blockTimeMs } = options;
  const { step } = audience;
  const start = { ground, env, blockTimeMs, connectChain: lent.connectChain, step };
  const { chain, relay, daemons, kill } = resources.use(await startEverything(start, signal));
  const story = new Story({ ground, chain, env }, kill);
  const watcher = new Watcher({
    chain,
    url: ground.chainUrl,
    directory: places.root,
    blockTimeMs,
    evidenceDirectory: evidenceOf(places, AUDITOR.name),
    baseOf: (name) => baseOf(ground, name),
    operatorOf: (proxy) => operatorOf(ground, proxy, "metrics"),
    daemons,
    file: () => story.file,
    objects: () => story.objects,
  });
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  let isJudged = false;
  const telling = story.tell(options.file, both);
  telling.catch((error: unknown) => over.abort(error));
  const watching = forLatest(
    chain.watchHeads({ signal: both }),
    async ({ number }) => {
      const view = await patiently(both, () => watcher.look(number, both));
      if (view === undefined) return;
      audience.see(view);
      const { firstRun } = story;
      if (firstRun === null) return;
      await playCheats(places, relay);
      const scene = since(view, firstRun);
      if (isJudged || !isTold(scene, firstRun)) return;
      const evidence = await checkEvidence(scene, { env, signal: both });
      const doors = await checkDoors(ground, chain, both);
      const receipts = await checkReceipts(ground, { sinceMs: startedMs, signal: both });
      const elapsedMs = Date.now() - startedMs;
      await audience.judge(outcomeOf(scene, { evidence, doors, receipts }, { ground, elapsedMs }));
      isJudged = true;
      if (options.once) over.abort();
    },
    both,
  );
  await settled([telling, watching], over.signal);
  if (options.once && !isJudged) signal.throwIfAborted();
}

/** A daemon or the chain may be away for a while: then there is nothing to see, and nothing is lost. */
async function patiently<Value>(
  signal: AbortSignal,
  look: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

/** Waits for both; being interrupted is a normal end, and whatever else went wrong is thrown. */
async function settled(work: readonly Promise<void>[], over: AbortSignal): Promise<void> {
  const ended = await Promise.allSettled(work);
  const failures = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const [failure] = [over.reason, ...failures].filter(
    (reason) => reason !== undefined && !isAbort(reason),
  );
  if (failure !== undefined) throw failure;
}
