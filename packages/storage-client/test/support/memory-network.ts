import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, type Hex, type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import { decodeManifest, encodeManifest, type Manifest } from "@neurond/workload-storage/file";
import type {
  Places,
  SealedShard,
  StorageNetwork,
  StoredShard,
  WantedPlaces,
} from "../../src/index.ts";

/** A miner that keeps shards in memory, and misbehaves as it is told. */
export interface MemoryMiner {
  readonly hotkey: Hotkey;
  readonly shards: Map<Hex, Uint8Array>;
  /** Called before a shard is taken or given; what it throws is the miner's answer. */
  behave: (what: "deliver" | "fetch", signal: AbortSignal) => Promise<void>;
}

const CHUNK_BYTES = 65_536;

/** A network in memory. Only for tests: it forgets with its process. */
export class MemoryNetwork implements StorageNetwork {
  readonly miners: readonly MemoryMiner[];
  readonly manifests = new Map<Hex, string>();
  /** Shard ids in the order of asking. */
  readonly fetched: Hex[] = [];
  readonly delivered: Hex[] = [];
  /** Blocks that each delivered shard was wanted for, where that was said. */
  readonly terms: (number | undefined)[] = [];
  block = 100;

  constructor(miners: number) {
    this.miners = Array.from({ length: miners }, (_, at) => ({
      hotkey: hotkeyOf(keypairFromUri(`//Miner${at}`).publicKey),
      shards: new Map(),
      behave: async () => undefined,
    }));
  }

  async serving(): Promise<number> {
    return this.miners.length;
  }

  async place({ segment, shards, avoid }: WantedPlaces): Promise<Places> {
    const free = this.miners.filter(({ hotkey }) => !avoid.includes(hotkey));
    if (free.length < shards) throw new CodedError("MINERS_TOO_FEW", `${free.length} miners serve`);
    const first = (segment * shards) % free.length;
    const round = [...free, ...free].slice(first, first + shards);
    return { miners: round.map(({ hotkey }) => hotkey), created: this.block, expires: 1000 };
  }

  async deliver(
    { miner, shardId, size, body, ttlBlocks }: SealedShard,
    signal: AbortSignal,
  ): Promise<void> {
    const to = this.#miner(miner);
    await to.behave("deliver", signal);
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const chunk of body()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    signal.throwIfAborted();
    to.shards.set(toHex(shardId), bytes);
    this.delivered.push(toHex(shardId));
    this.terms.push(ttlBlocks);
  }

  async *fetch({ miner, shardId }: StoredShard, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.fetched.push(toHex(shardId));
    const from = this.#miner(miner);
    await from.behave("fetch", signal);
    const bytes = from.shards.get(toHex(shardId));
    if (bytes === undefined) throw new CodedError("SHARD_UNKNOWN", "no such shard");
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      yield bytes.subarray(at, at + CHUNK_BYTES);
    }
  }

  async keep(manifest: Manifest): Promise<void> {
    const text = this.manifests.get(manifest.id);
    const before = text === undefined ? -1 : decodeManifest(text, verifySr25519Fast).revision;
    const isSame = text === encodeManifest(manifest);
    if (manifest.revision <= before && !isSame) throw new CodedError("FILE_EXISTS", "kept already");
    this.manifests.set(manifest.id, encodeManifest(manifest));
  }

  async manifest(fileId: Hex): Promise<Manifest> {
    const text = this.manifests.get(fileId);
    if (text === undefined) throw new CodedError("FILE_UNKNOWN", "no such file");
    return decodeManifest(text, verifySr25519Fast);
  }

  #miner(hotkey: Hotkey): MemoryMiner {
    const miner = this.miners.find((one) => one.hotkey === hotkey);
    if (miner === undefined) throw new CodedError("MINER_UNREACHABLE", "no such miner");
    return miner;
  }
}
