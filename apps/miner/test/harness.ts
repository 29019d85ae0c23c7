import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Chain, Metagraph, Neuron } from "@neurond/chain";
import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type AuthScheme, RequestSigner } from "@neurond/epistula";
import {
  coldkeyOf,
  type Hotkey,
  hotkeyOf,
  toBlockNumber,
  toMecid,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import { createLogger, type SignedRequest, signedFetch } from "@neurond/runtime";
import { type Receipt, receiptDigest, shardRoot } from "@neurond/workload-storage";
import { shardIdOf } from "@neurond/workload-storage/file";
import {
  encodeOffer,
  RECEIPT_PARAMETER,
  ShardStore,
  type ShardStoreOptions,
  shardPath,
} from "@neurond/workload-storage/io";
import { z } from "zod";
import { Config, type Miner, startMiner } from "../src/index.ts";
import { openShards } from "../src/storage/open-shards.ts";

export const NETUID = toNetuid(2);
export const signal: AbortSignal = new AbortController().signal;
export const validator = keypairFromUri("//Validator");
export const other = keypairFromUri("//OtherValidator");
export const stranger = keypairFromUri("//Stranger");
/** Has a permit because nobody else wanted it. */
export const lucky = keypairFromUri("//Lucky");
export const minerKey = keypairFromUri("//Miner");
export const nameOf = (key: Keypair): Hotkey => hotkeyOf(key.publicKey);
const hash = `0x${"00".repeat(32)}` as const;

/** A row of the metagraph with nothing in it. */
export function neuronOf(uid: number, hotkey: Hotkey, more: Partial<Neuron> = {}): Neuron {
  return {
    uid: toUid(uid),
    hotkey,
    coldkey: coldkeyOf(new Uint8Array(32)),
    blockAtRegistration: toBlockNumber(0),
    active: true,
    validatorPermit: false,
    lastUpdate: toBlockNumber(0),
    emission: toRao(0n),
    incentive: 0,
    dividends: 0,
    consensus: 0,
    validatorTrust: 0,
    alphaStake: toRao(0n),
    taoStake: toRao(0n),
    totalStake: toRao(0n),
    axon: undefined,
    ...more,
  };
}

export function metagraphOf(neurons: readonly Neuron[]): Metagraph {
  return {
    netuid: NETUID,
    mecid: toMecid(0),
    block: toBlockNumber(9),
    blockHash: hash,
    name: "",
    symbol: "",
    tempo: 20,
    ownerHotkey: undefined,
    ownerColdkey: undefined,
    registeredAt: toBlockNumber(0),
    neurons,
    byHotkey: new Map(neurons.map((each) => [each.hotkey, each])),
  };
}

/** A chain of which a miner sees heads and one subnet. */
export class ChainOfTest {
  metagraph = metagraphOf([
    neuronOf(0, nameOf(validator), {
      validatorPermit: true,
      totalStake: toRao(1_000_000_000_000n),
    }),
    neuronOf(1, nameOf(other), { validatorPermit: true, totalStake: toRao(1_000_000_000_000n) }),
    neuronOf(2, nameOf(minerKey)),
    neuronOf(3, nameOf(lucky), { validatorPermit: true }),
  ]);
  readonly #heads: ((block: number) => void)[] = [];

  /** Announces a block, and waits until the miner has dealt with it. */
  async head(block: number): Promise<void> {
    for (const push of this.#heads) push(block);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  port(): Chain {
    const chain: Partial<Chain> = {
      metagraph: async () => this.metagraph,
      watchHeads: ({ signal: until } = {}) => this.#watch(until ?? signal),
      status: () => ({ best: undefined }) as ReturnType<Chain["status"]>,
    };
    return chain as Chain;
  }

  async *#watch(until: AbortSignal) {
    const waiting: number[] = [1];
    let wake: () => void = () => undefined;
    this.#heads.push((block) => {
      waiting.push(block);
      wake();
    });
    until.addEventListener("abort", () => wake());
    while (!until.aborted) {
      const block = waiting.shift();
      if (block !== undefined) {
        yield { number: toBlockNumber(block), hash, parentHash: hash };
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/** Waits for what a busy machine takes longer to come to. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("it did not come to be in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a test wants to be different. */
export interface Situation {
  readonly storage?: Partial<z.input<typeof Config>["storage"]>;
  readonly access?: z.input<typeof Config>["access"];
  readonly store?: Partial<ShardStoreOptions>;
}

export interface TestMiner extends AsyncDisposable {
  readonly miner: Miner;
  readonly shards: ShardStore;
  readonly chain: ChainOfTest;
  readonly directory: string;
}

/** A miner on a disk and port of its own that has seen its subnet. */
export async function serveMiner(situation: Situation = {}): Promise<TestMiner> {
  const directory = situation.store?.directory ?? (await mkdtemp(join(tmpdir(), "miner-")));
  const config = Config.parse({
    netuid: NETUID,
    http: { host: "127.0.0.1", port: 0, requestsPerMinute: 10_000 },
    axon: { announce: false },
    storage: { directory, maxShardBytes: 4_194_304, ...situation.storage },
    access: situation.access,
  });
  const resources = new AsyncDisposableStack();
  const shards =
    config.storage.blobs.kind === "s3"
      ? await openShards(config.storage, resources)
      : await ShardStore.open({
          directory,
          capacityBytes: config.storage.quotaBytes,
          reserveBytes: 0,
          ...situation.store,
        });
  const chain = new ChainOfTest();
  const log = createLogger("miner", "fatal");
  const deps = { config, chain: chain.port(), signer: minerKey, shards, version: "0", log };
  const miner = await startMiner(deps);
  const stop = new AbortController();
  const following = miner.follow(stop.signal).catch(() => undefined);
  while ((await fetch(new URL("/readyz", miner.url))).status !== 200) await chain.head(1);
  return {
    miner,
    shards,
    chain,
    directory,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await miner[Symbol.asyncDispose]();
      await following;
      await resources.disposeAsync();
      if (!situation.store?.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface Offer {
  readonly receipt: Receipt;
  readonly bytes: Uint8Array;
  readonly target: string;
}

/** Random bytes, and the receipt and target with which a validator offers them. */
export function offer(size: number, more: Partial<Receipt> = {}, key = validator): Offer {
  const bytes = randomBytes(size);
  const fileId = randomBytes(32);
  const place = { fileId, segment: 0, index: 0, generation: 0, miner: nameOf(minerKey) };
  const receipt: Receipt = {
    netuid: NETUID,
    validator: nameOf(key),
    miner: nameOf(minerKey),
    shardId: shardIdOf(place),
    root: shardRoot(bytes),
    size,
    storedBlock: 1,
    expiresBlock: 100,
    ...more,
  };
  return { receipt, bytes, target: targetOf(receipt, key) };
}

export function targetOf(receipt: Receipt, key = validator): string {
  const validatorSignature = key.sign(receiptDigest(receipt));
  const text = encodeOffer({ receipt, validatorSignature });
  return `${shardPath(receipt.shardId)}?${RECEIPT_PARAMETER}=${text}`;
}

/** A miner that can be reached, in this process or another. */
export interface Served {
  readonly miner: { readonly url: string };
}

export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly code: string | undefined;
}

/** Sends a request signed by a key, as the validator's client does. */
export async function send(
  { miner }: Served,
  request: Pick<SignedRequest, "method"> & { target: string; body?: Uint8Array; type?: string },
  key = validator,
  { receiver = nameOf(minerKey) } = {},
): Promise<Answer> {
  const answer = await signedFetch({ key })({
    url: new URL(request.target, miner.url),
    method: request.method ?? "GET",
    ...(request.body && { body: request.body }),
    contentType: request.type ?? "application/octet-stream",
    receiver,
    timeoutMs: 20_000,
    signal,
    maxAnswerBytes: 64 * 1_048_576,
  });
  return { status: answer.status, body: answer.body, code: codeOf(answer.body) };
}

export const put = (to: Served, { target, bytes }: Offer, key = validator, more = {}) =>
  send(to, { method: "PUT", target, body: bytes }, key, more);

export const get = (to: Served, { receipt }: Offer, key = validator, more = {}) =>
  send(to, { method: "GET", target: shardPath(receipt.shardId) }, key, more);

const SCHEMES: readonly AuthScheme[] = ["btauth", "epistula"];

/** The headers of a signed request, for tests that send it their own way. */
export function headersOf(
  { method, target, body }: { method: string; target: string; body: Uint8Array },
  { key = validator, at = Date.now(), receiver = nameOf(minerKey), schemes = SCHEMES } = {},
): Record<string, string> {
  const headers = new RequestSigner({ key, schemes }).sign({
    method,
    target,
    bodySha256: createHash("sha256").update(body).digest(),
    receiver,
    now: at,
    random: randomBytes(32),
  });
  return Object.fromEntries(headers);
}

export const countersignature = (body: Uint8Array): Uint8Array => {
  const { miner_signature: text } = z
    .object({ miner_signature: z.string() })
    .parse(JSON.parse(Buffer.from(body).toString()));
  return Buffer.from(text.slice(2), "hex");
};

function codeOf(body: Uint8Array): string | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()).code;
  } catch {
    return undefined;
  }
}
