import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { Loaded } from "./config/load.ts";
import type { ReverseProxy } from "./proxy.ts";

export interface FollowReloadsDeps {
  readonly proxy: Pick<ReverseProxy, "reload" | "running">;
  /** Reads everything anew; throws where that is not in order. */
  readonly load: () => Loaded;
  /** Watched while `server.reload` is set. */
  readonly file: string | undefined;
  readonly log: Logger;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 200;

/** Reloads on SIGHUP, and when the file changes where that is asked for, until the signal fires. */
export async function followReloads(deps: FollowReloadsDeps, signal: AbortSignal): Promise<void> {
  const wishes = new Wishes();
  const wish = () => wishes.add();
  process.on("SIGHUP", wish);
  const watcher = watchFile(deps.file, () => {
    if (deps.proxy.running().settings.config.server.reload) wish();
  });
  signal.addEventListener("abort", wish, { once: true });
  try {
    while (!signal.aborted) {
      await wishes.next();
      await sleep(SETTLE_MS, undefined, { signal });
      wishes.clear();
      reloadOnce(deps);
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    process.off("SIGHUP", wish);
    signal.removeEventListener("abort", wish);
    watcher?.close();
  }
}

/** One reload, and what came of it in the log. */
function reloadOnce({ proxy, load, log }: FollowReloadsDeps): void {
  const result = proxy.reload(() => load().settings);
  if (result.kind === "refused")
    log.error({ error: result.error }, "reload refused: the old configuration goes on");
  else if (result.restart.length > 0)
    log.warn({ restart: result.restart }, "configuration taken; some of it only with a restart");
  else log.info({}, "configuration taken");
}

/** The directory is watched: most editors put a new file in the place of the old. */
function watchFile(file: string | undefined, onChange: () => void) {
  if (file === undefined) return undefined;
  const name = basename(file);
  return watch(dirname(file), { persistent: false }, (_, changed) => {
    if (changed === name) onChange();
  });
}

/** That something is wished for; twice is once. */
class Wishes {
  #wake = Promise.withResolvers<void>();

  add(): void {
    this.#wake.resolve();
  }

  next(): Promise<void> {
    return this.#wake.promise;
  }

  clear(): void {
    this.#wake = Promise.withResolvers();
  }
}
