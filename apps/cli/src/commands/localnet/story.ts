import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toNetuid } from "@neurond/primitives";
import { z } from "zod";
import { NETUID, NEURONS, OWNER } from "./cast.ts";
import { baseOf } from "./daemons.ts";
import { localnetError } from "./errors.ts";
import { HOTKEY_NAME } from "./keys.ts";
import { type Ended, neurond } from "./neurond.ts";
import { ObjectStory } from "./object-story.ts";
import { runIndexAt } from "./plan.ts";
import type { Stage } from "./stage.ts";
import { type KnownFile, measure } from "./stored-file.ts";
import type { FileView, ObjectsView } from "./view.ts";

/** Announcing an axon takes a block or two. */
const ANNOUNCED_MS = 60_000;

/** Exit codes of `neurond` after which another attempt may succeed. */
const [REFUSED, UNREACHED] = [1, 3];
const ATTEMPTS = 5;
const PAUSE_MS = 2_000;

const Stored = z.strictObject({
  path: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
  /** The file's id, by the validator that keeps its manifest. */
  ids: z.record(z.string(), z.string()),
});
type Stored = z.infer<typeof Stored>;

/**
 * What happens to a real file, stored through every validator and fetched back from one, and to
 * objects of an S3 client. Then the cheats begin.
 */
export class Story {
  readonly #stage: Stage;
  readonly #objects: ObjectStory;
  #file: FileView | null = null;
  #firstRun: number | null = null;

  constructor(stage: Stage, leave: (player: string) => Promise<void>) {
    this.#stage = stage;
    this.#objects = new ObjectStory(stage, leave);
  }

  get objects(): ObjectsView | null {
    return this.#objects.objects;
  }

  get file(): FileView | null {
    return this.#file;
  }

  /** The first run that begins with the file stored and the cheats at work; null before that. */
  get firstRun(): number | null {
    return this.#firstRun;
  }

  /** Stores file and objects unless an earlier start did, and gets them back. */
  async tell(path: string, signal: AbortSignal): Promise<void> {
    const known = await measure(path);
    const before = await this.#readStored();
    const ids = before?.sha256 === known.sha256 ? before.ids : await this.#store(known, signal);
    this.#file = { ...known, state: "stored" };
    // One after the other: a miner that leaves in the midst of storing would be another story.
    await this.#objects.tell(signal);
    const { number } = await this.#stage.chain.head({ signal });
    this.#firstRun = runIndexAt(number) + 1;
    const isSame = await this.#getBack(known, ids, signal);
    this.#file = { ...known, state: isSame ? "returned" : "differs" };
  }

  async #store(known: KnownFile, signal: AbortSignal): Promise<Stored["ids"]> {
    await this.#untilAnnounced(signal);
    this.#file = { ...known, state: "storing" };
    const ids: Record<string, string> = {};
    await Promise.all(
      validators().map(async (name) => {
        ids[name] = await this.#put(known.path, name, signal);
      }),
    );
    const stored: Stored = { ...known, ids };
    await writeFile(this.#stage.ground.places.stored, JSON.stringify(stored));
    return ids;
  }

  async #put(path: string, validator: string, signal: AbortSignal): Promise<string> {
    const copies = NEURONS.filter(({ role }) => role === "miner").length;
    const line = ["store", "put", path, "--copies", String(copies)];
    const ended = await this.#neurond([...line, ...this.#asOwner(validator)], signal);
    return z.object({ fileId: z.string() }).parse(JSON.parse(succeeded(ended, "store put"))).fileId;
  }

  async #getBack(known: KnownFile, ids: Stored["ids"], signal: AbortSignal): Promise<boolean> {
    const [entry] = Object.entries(ids);
    if (entry === undefined) return false;
    const [validator, id] = entry;
    const copy = join(this.#stage.ground.places.root, "returned");
    const to = ["--output", copy, "--overwrite"];
    const line = ["store", "get", id, ...to, ...this.#asOwner(validator)];
    succeeded(await this.#neurond(line, signal), "store get");
    const returned = await measure(copy);
    return returned.sha256 === known.sha256 && returned.sizeBytes === known.sizeBytes;
  }

  /** Everybody's axon must stand on chain before anybody can be found. */
  async #untilAnnounced(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + ANNOUNCED_MS;
    for (;;) {
      const { neurons } = await this.#stage.chain.metagraph(
        { netuid: toNetuid(NETUID) },
        { signal },
      );
      const silent = NEURONS.filter((_, at) => !neurons[at + 1]?.axon?.port);
      if (silent.length === 0) return;
      if (Date.now() > deadline) {
        const names = silent.map(({ name }) => name).join(", ");
        throw localnetError("STORY_STUCK", `no axon on chain of ${names}: see their logs`);
      }
      await sleep(200, undefined, { signal });
    }
  }

  #asOwner(validator: string): readonly string[] {
    const { ground } = this.#stage;
    const wallet = ["-w", OWNER, "-H", HOTKEY_NAME, "--wallet.path", ground.places.wallets];
    const records = ["--directory", join(ground.places.root, "files")];
    return [...wallet, ...records, "--validator", baseOf(ground, validator).href, "--json"];
  }

  /** A validator that has just started may be too busy to answer: then it is asked again. */
  async #neurond(line: readonly string[], signal: AbortSignal): Promise<Ended> {
    for (let attempts = 1; ; attempts += 1) {
      const ended = await neurond(line, { env: this.#stage.env, signal });
      const isUnreached = ended.exitCode === UNREACHED || ended.exitCode === REFUSED;
      if (!isUnreached || attempts === ATTEMPTS) return ended;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }

  async #readStored(): Promise<Stored | undefined> {
    const text = await readFile(this.#stage.ground.places.stored, "utf8").catch(() => undefined);
    return text === undefined ? undefined : Stored.parse(JSON.parse(text));
  }
}

function validators(): readonly string[] {
  return NEURONS.filter(({ role }) => role === "validator").map(({ name }) => name);
}

function succeeded({ exitCode, stdout, stderr }: Ended, what: string): string {
  if (exitCode === 0) return stdout;
  const words = (stdout || stderr).trim().split("\n").at(-1) ?? "";
  throw localnetError("STORY_STUCK", `${what} ended with exit code ${exitCode}: ${words}`);
}
