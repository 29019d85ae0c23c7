import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeWhole } from "@neurond/files";
import { isCoded } from "@neurond/primitives";
import { retry } from "@neurond/runtime/client";
import type { StorageRulesCode } from "@neurond/storage-rules";
import { z } from "zod";
import { type LinePlace, linesAfter } from "./history-lines.ts";
import type { WandbApi, WandbFile, WandbPlace, WandbRun } from "./wandb-api.ts";
import { firstPart, OpenRun, type RowsPart, summaryOf } from "./wandb-rows.ts";

/** What an operator is told of the way to wandb. */
export type WandbNews =
  /** Tried again by itself; said once, until it works again. */
  | { readonly kind: "waiting"; readonly error: unknown }
  | { readonly kind: "again" }
  /** Nothing more is sent before the next start. */
  | { readonly kind: "stopped"; readonly error: unknown }
  /** A run or a file is left out; what follows is sent. */
  | { readonly kind: "skipped"; readonly error: unknown }
  /** It waited so long that the oldest rows were deleted. */
  | { readonly kind: "gap" };

/** What is sent, and whereby. */
export interface WandbOutboxOptions {
  /** Where a sink with `forWandb` writes its history. */
  readonly directory: string;
  /** Whose the runs become that are not there yet, whatever the sink was told when it wrote them. */
  readonly entity: string;
  readonly api: WandbApi;
  /** Files that the sink names, by the paths where they are. */
  readonly files: Readonly<Record<string, string>>;
  readonly tell: (news: WandbNews) => void;
  readonly pollMs?: number;
  /** Wait after a first failure; doubles up to five minutes. */
  readonly firstDelayMs?: number;
  readonly heartbeatMs?: number;
}

const POLL_MS = 15_000;
const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 300_000;
/** As often as wandb's own client says that a run goes on. */
const HEARTBEAT_MS = 30_000;
/** The end of a daemon does not wait longer for wandb. */
const FAREWELL_MS = 3_000;
const MAX_FILE_BYTES = 32 * 1024 * 1024;

const Kept = z.strictObject({
  version: z.literal(1),
  place: z.strictObject({ file: z.int().min(1), byte: z.int().min(0) }).nullable(),
  run: OpenRun.nullable(),
});

/**
 * Sends to wandb what a sink wrote, in order, one request at a time. The history itself is what waits:
 * how far it is sent is kept beside it, and lines that are sent again after a kill take their own place
 * at wandb. It fails nobody: what goes wrong is told.
 */
export class WandbOutbox {
  readonly #options: WandbOutboxOptions;
  #place: LinePlace | null;
  #run: OpenRun | null;
  /** The run that wandb was told of by this process. */
  #begun: WandbPlace | null = null;
  #summary: Readonly<Record<string, unknown>> = {};
  #lastSentMs = 0;

  private constructor(
    options: WandbOutboxOptions,
    { place, run }: Omit<z.output<typeof Kept>, "version">,
  ) {
    this.#options = options;
    this.#place = place;
    this.#run = run;
  }

  /** Goes on where the last process stopped; a damaged note of that begins with the oldest line. */
  static async open(options: WandbOutboxOptions): Promise<WandbOutbox> {
    const text = await readFile(noteOf(options.directory), "utf8").catch(() => "");
    return new WandbOutbox(options, keptIn(text));
  }

  /** Sends until the signal fires, then the rest if that is quick. It never throws. */
  async follow(signal: AbortSignal): Promise<void> {
    const { tell, pollMs = POLL_MS, firstDelayMs = FIRST_DELAY_MS } = this.#options;
    let isWaiting = false;
    const options = {
      ...{ signal, firstDelayMs, maxDelayMs: MAX_DELAY_MS, attempts: Number.POSITIVE_INFINITY },
      leastDelayMs: (error: unknown) =>
        isCoded(error) ? Number(error.context["retryAfterMs"] ?? 0) : 0,
      retryable: (error: unknown) => {
        if (isCoded<StorageRulesCode>(error, "WANDB_KEY_REFUSED")) return false;
        if (!isWaiting) tell({ kind: "waiting", error });
        isWaiting = true;
        return true;
      },
    };
    try {
      for (;;) {
        const hasMore = await retry((asked) => this.#sendNext(asked), options);
        if (isWaiting) tell({ kind: "again" });
        isWaiting = false;
        if (!hasMore) await sleep(pollMs, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) return tell({ kind: "stopped", error });
    }
    if (!isWaiting) await this.#finish(AbortSignal.timeout(FAREWELL_MS)).catch(() => undefined);
  }

  /** Whether an error is about a run, or a file, and not about the account. */
  #isOfRun(error: unknown, run: Pick<WandbRun, "entity"> | null): boolean {
    if (isCoded<StorageRulesCode>(error, "WANDB_REFUSED")) return true;
    // The rest of a run that was begun at an entity which this key has nothing to do with.
    const isForeign = run !== null && run.entity !== this.#options.entity;
    return isForeign && isCoded(error, "WANDB_KEY_REFUSED") && error.context["status"] === 403;
  }

  /** What is not sent by now is sent by the next process. */
  async #finish(signal: AbortSignal): Promise<void> {
    while (await this.#sendNext(signal));
    if (this.#run === null || this.#begun === null) return;
    await this.#options.api.add(this.#begun, { isComplete: true }, signal);
    await this.#keep(this.#place, null);
  }

  /** Sends what is next; whether there was anything. */
  async #sendNext(signal: AbortSignal): Promise<boolean> {
    const { directory, entity, tell } = this.#options;
    const found = await linesAfter(directory, "history", this.#place);
    if (found.lines.length === 0) {
      await this.#beat(signal);
      return false;
    }
    if (found.isGap) tell({ kind: "gap" });
    // Between rows that are gone another run may have begun.
    const part = firstPart(found, found.isGap ? null : this.#run);
    const isNew = part.run !== null && part.run.rows === part.rows.length;
    let run = part.run && { ...part.run, ...(isNew && { entity }) };
    try {
      if (run !== null) await this.#send(run, part, signal);
    } catch (error) {
      if (!this.#isOfRun(error, run)) throw error;
      tell({ kind: "skipped", error });
      run = null;
    }
    await this.#keep(part.end, part.next === undefined ? run : part.next);
    return true;
  }

  async #send(run: OpenRun, part: RowsPart, signal: AbortSignal): Promise<void> {
    const { api } = this.#options;
    const isComplete = part.next !== undefined;
    // Nobody wants to see runs without content, one for each start of a validator that cannot work.
    if (run.rows === 0 && part.files.size === 0 && this.#begun === null) return;
    if (part.rows.length === 0 && part.files.size === 0 && !isComplete) return;
    this.#begun ??= await api.begin(aboutOf(run), signal);
    const uploaded = await this.#upload(this.#begun, part.files, signal);
    const summary = summaryOf(this.#summary, part.rows);
    const offset = run.rows - part.rows.length;
    const lines = part.rows.map((row) => JSON.stringify(row));
    const rows = lines.length > 0 && {
      history: { offset, lines },
      summary: JSON.stringify(summary),
    };
    await api.add(this.#begun, { ...rows, uploaded, isComplete }, signal);
    this.#summary = summary;
    this.#lastSentMs = performance.now();
  }

  async #upload(
    place: WandbPlace,
    names: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { api, files, tell } = this.#options;
    const found: WandbFile[] = [];
    for (const name of names) {
      const content = await contentOf(files[name]);
      if (content !== null) found.push({ name, content });
    }
    if (found.length === 0) return [];
    try {
      await api.upload(place, found, signal);
    } catch (error) {
      if (!this.#isOfRun(error, null)) throw error;
      tell({ kind: "skipped", error });
      return [];
    }
    return found.map(({ name }) => name);
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { api, tell, heartbeatMs = HEARTBEAT_MS } = this.#options;
    if (this.#begun === null || performance.now() - this.#lastSentMs < heartbeatMs) return;
    this.#lastSentMs = performance.now();
    try {
      await api.add(this.#begun, {}, signal);
    } catch (error) {
      if (!this.#isOfRun(error, this.#run)) throw error;
      tell({ kind: "skipped", error });
      await this.#keep(this.#place, null);
    }
  }

  async #keep(place: LinePlace | null, run: OpenRun | null): Promise<void> {
    const kept: z.output<typeof Kept> = { version: 1, place, run };
    await writeWhole(noteOf(this.#options.directory), `${JSON.stringify(kept)}\n`);
    if (run?.id !== this.#run?.id) {
      this.#begun = null;
      this.#summary = {};
    }
    this.#place = place;
    this.#run = run;
  }
}

const noteOf = (directory: string) => join(directory, "wandb.json");

function keptIn(text: string): Omit<z.output<typeof Kept>, "version"> {
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    // From the oldest line on: what wandb has already takes its own place there again.
    return { place: null, run: null };
  }
}

function aboutOf({ rows: _, began: __, ...about }: OpenRun) {
  return about;
}

/** A file that is not there yet, or that grew too long to send again and again, is left out. */
async function contentOf(path: string | undefined): Promise<Uint8Array | null> {
  if (path === undefined) return null;
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    return size > MAX_FILE_BYTES ? null : await file.readFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
