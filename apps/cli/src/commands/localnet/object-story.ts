import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3 } from "@aws-sdk/client-s3";
import { z } from "zod";
import { API, leaver, OWNER } from "./cast.ts";
import { baseOf } from "./daemons.ts";
import { localnetError } from "./errors.ts";
import { addressesOf } from "./founding.ts";
import { GATEWAY, portOf } from "./ground.ts";
import { neurond } from "./neurond.ts";
import { readMetrics, sum } from "./read-metrics.ts";
import type { Stage } from "./stage.ts";
import type { ObjectsView } from "./view.ts";

const BUCKET = "letters";
/** So many that the miner who leaves holds a shard of one, whoever is drawn. */
const OBJECTS = 6;
const OBJECT_BYTES = 131_072;
/** A miner counts as lost after two runs, and its shards are few. */
const REPAIR_MS = 120_000;
const POLL_MS = 500;

const Key = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/**
 * What happens to objects of the owner: an ordinary S3 client stores them, a miner that holds shards of
 * them is killed, what it held is made again at others, and the client gets the very bytes back.
 */
export class ObjectStory {
  readonly #stage: Stage;
  readonly #leave: (player: string) => Promise<void>;
  #objects: ObjectsView | null = null;

  constructor(stage: Stage, leave: (player: string) => Promise<void>) {
    this.#stage = stage;
    this.#leave = leave;
  }

  get objects(): ObjectsView | null {
    return this.#objects;
  }

  /** On a localnet that goes on they are there already, and the miner is back. */
  async tell(signal: AbortSignal): Promise<void> {
    this.#see({ state: "storing" });
    const client = await this.#client(signal);
    try {
      if (!(await this.#isStored(client, signal))) {
        await this.#store(client, signal);
        this.#see({ state: "stored" });
        await this.#leave(leaver().name);
        this.#see({ state: "short" });
        await this.#untilWhole(signal);
      }
      this.#see({ state: (await this.#isSame(client, signal)) ? "returned" : "differs" });
    } finally {
      client.destroy();
    }
  }

  #see(change: Partial<ObjectsView>): void {
    const before = this.#objects ?? { count: OBJECTS, repaired: 0, state: "storing" as const };
    this.#objects = { ...before, ...change };
  }

  async #client(signal: AbortSignal): Promise<S3> {
    const { ground, env } = this.#stage;
    const owner = addressesOf(ground.wallets, OWNER).hotkey;
    const settings = ["--settings", ground.places.config(API.name)];
    const line = ["storage-api", "keys-add", owner, ...settings, "--json"];
    const { exitCode, stdout, stderr } = await neurond(line, { env, signal });
    if (exitCode !== 0) throw localnetError("STORY_STUCK", `no access key: ${stdout || stderr}`);
    return new S3({
      endpoint: `http://${ground.loopback.host}:${portOf(ground, GATEWAY)}`,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: Key.parse(JSON.parse(stdout)),
    });
  }

  async #isStored(client: S3, abortSignal: AbortSignal): Promise<boolean> {
    const { Buckets = [] } = await client.listBuckets({}, { abortSignal });
    return Buckets.some(({ Name }) => Name === BUCKET);
  }

  async #store(client: S3, abortSignal: AbortSignal): Promise<void> {
    await client.createBucket({ Bucket: BUCKET }, { abortSignal });
    for (let at = 0; at < OBJECTS; at += 1) {
      const Body = randomBytes(OBJECT_BYTES);
      const Metadata = { sha256: digestOf(Body) };
      const object = { Bucket: BUCKET, Key: `letter-${at}`, Body, Metadata };
      await client.send(new PutObjectCommand(object), { abortSignal });
    }
  }

  async #isSame(client: S3, abortSignal: AbortSignal): Promise<boolean> {
    const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }), { abortSignal });
    const { Contents = [] } = listed;
    for (const { Key } of Contents) {
      const wanted = new GetObjectCommand({ Bucket: BUCKET, Key });
      const { Body, Metadata } = await client.send(wanted, { abortSignal });
      const bytes = await Body?.transformToByteArray();
      if (bytes === undefined || digestOf(bytes) !== Metadata?.["sha256"]) return false;
    }
    return Contents.length === OBJECTS;
  }

  /** Until something was repaired, and nothing is left to be. @throws CodedError STORY_STUCK */
  async #untilWhole(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + REPAIR_MS;
    const url = baseOf(this.#stage.ground, API.name);
    for (;;) {
      const text = await readMetrics(url, signal);
      const repaired = sum(text, /^neuron_repairs_total\{.*result="repaired".*\} (\d+)$/gm);
      const waiting = sum(text, /^neuron_repairs_waiting(?:\{.*\})? (\d+)$/gm);
      this.#see({ repaired });
      if (repaired > 0 && waiting === 0) return;
      if (Date.now() > deadline) {
        const message = `${waiting} segments wait for their repair: see the log of ${API.name}`;
        throw localnetError("STORY_STUCK", message);
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
