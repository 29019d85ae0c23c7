import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import type { Hotkey } from "@neurond/primitives";
import { type MinerStatistics, type PublicEvent, statisticsToFields } from "@neurond/storage-rules";
import { RotatingFile } from "./rotating-file.ts";
import { TOTAL_STORAGE } from "./total-storage.ts";

/** Where outsiders see events. It takes nothing but `PublicEvent`, which cannot hold where pieces are. */
export interface EventSink extends AsyncDisposable {
  publish(
    event: PublicEvent,
    at: { readonly step: number; readonly timeMs: number },
  ): Promise<void>;
  /** Replaces what was said of miners: counters, tier and limit of each. */
  publishStatistics(miners: ReadonlyMap<Hotkey, MinerStatistics>): Promise<void>;
  /** Begins a new run (`--wandb.run_step_length`), unless nothing was published in this one. */
  rollOver(): Promise<void>;
}

/** A sink of files, and where they are. */
export interface FileSink extends EventSink {
  readonly directory: string;
}

/** What a run says of itself, under the names that wandb has for it. */
export interface SinkRun {
  readonly project: string;
  readonly entity: string;
  readonly notes: string;
  /** Hotkey, version, netuid_N and such. */
  readonly tags: readonly string[];
}

const MAX_BYTES = 1_000_000_000;
const KEEP = 10;
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 8;

/** What is known of each miner, written beside the history. */
export const MINER_STATS = "miner_stats.json";
/** What changes without a line of its own in the history; the second is the caller's to write. */
const STATISTICS_FILES = [MINER_STATS, TOTAL_STORAGE];

/**
 * A sink of files: `{directory}/{project}/history.jsonl`, a line for the run and then one for each
 * event with `_step` and `_timestamp`, as wandb keeps its history; beside it `MINER_STATS`.
 * `forWandb` gives each run an id, by which it is sent, and writes down when the files of a run changed;
 * runs without an id stay on this machine.
 */
export async function openFileSink(
  directory: string,
  run: SinkRun,
  { forWandb = false } = {},
): Promise<FileSink> {
  const inside = join(directory, run.project.replaceAll(/[^\w.-]/g, "_").replace(/^\.+/, "_"));
  await mkdir(inside, { recursive: true });
  await using acquired = new AsyncDisposableStack();
  const file = acquired.use(
    await RotatingFile.open({
      directory: inside,
      name: "history",
      maxBytes: MAX_BYTES,
      keep: KEEP,
    }),
  );
  const { project, entity, notes, tags } = run;
  const heading = () =>
    JSON.stringify({ _run: { ...(forWandb && { id: newId() }), project, entity, notes, tags } });
  await file.append(heading);
  acquired.move();
  let hasEvents = false;
  return {
    directory: inside,
    publish: (event, { step, timeMs }) => {
      hasEvents = true;
      return file.append(() =>
        JSON.stringify({ _step: step, _timestamp: timeMs / 1000, ...event }),
      );
    },
    publishStatistics: async (miners) => {
      const fields = [...miners].map(([hotkey, known]) => [hotkey, statisticsToFields(known)]);
      const text = JSON.stringify(Object.fromEntries(fields));
      await writeWhole(join(inside, MINER_STATS), text, { mode: 0o644 });
      if (!forWandb) return;
      hasEvents = true;
      await file.append(() => JSON.stringify({ _files: STATISTICS_FILES }));
    },
    rollOver: async () => {
      // A run in which nothing was published would be a file with a heading alone.
      if (!hasEvents) return;
      hasEvents = false;
      await file.rotate();
      await file.append(heading);
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** As long, and of the same letters, as the ids that wandb's own client makes up. */
function newId(): string {
  const letters = Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]);
  return letters.join("");
}
