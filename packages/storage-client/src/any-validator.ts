import { CodedError, type Hex, type Hotkey, isCoded, toHex } from "@neurond/primitives";
import { type Manifest, shardsOf } from "@neurond/workload-storage/file";
import { release } from "@neurond/workload-storage/io/shards";
import type { StorageClientCode } from "./errors.ts";
import type { StorageNetwork, StoredShard } from "./network.ts";
import { refusalOf } from "./validator-channel.ts";
import type { ShardPosition, ValidatorNetwork } from "./validator-network.ts";

/** What a validator says that does not know the file, or us: another may. */
const ELSEWHERE = ["FILE_UNKNOWN", "SHARD_UNKNOWN", "SENDER_NOT_ALLOWED"];

/**
 * Reads the shards of a file through any validator that keeps its manifest: the first as long as it
 * answers, then those that `others` finds. Miners give shards to every validator, so a file does not
 * depend on the one it was stored through.
 */
export class AnyValidator implements Pick<StorageNetwork, "fetch"> {
  readonly #first: ValidatorNetwork;
  readonly #others: () => Promise<readonly ValidatorNetwork[]>;
  readonly #positions: ReadonlyMap<Hex, ShardPosition>;
  /** They did not answer last time. */
  readonly #away = new Set<Hotkey>();
  #found: Promise<readonly ValidatorNetwork[]> | null = null;

  constructor(parts: {
    readonly manifest: Manifest;
    readonly first: ValidatorNetwork;
    /** Called at most once, when it is needed. */
    readonly others: () => Promise<readonly ValidatorNetwork[]>;
  }) {
    this.#first = parts.first;
    this.#others = parts.others;
    this.#positions = positionsOf(parts.manifest);
  }

  async *fetch(shard: StoredShard, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of await this.#open(shard, signal)) {
      yield chunk;
      release(chunk);
    }
  }

  async #open(shard: StoredShard, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const position = this.#positions.get(toHex(shard.shardId));
    let failure: unknown;
    for await (const validator of this.#inTurn()) {
      try {
        return await validator.openShard(shard, signal, position);
      } catch (error) {
        signal.throwIfAborted();
        if (isCoded(error, "VALIDATOR_UNREACHABLE")) this.#away.add(validator.hotkey);
        else if (!ELSEWHERE.includes(refusalOf(error) ?? "")) throw error;
        failure ??= error;
      }
    }
    throw failure ?? unreachable();
  }

  /** All there are, as long as somebody asks on; those that were away come last. */
  async *#inTurn(): AsyncGenerator<ValidatorNetwork> {
    const away = new Set(this.#away);
    const first = this.#first;
    if (!away.has(first.hotkey)) yield first;
    this.#found ??= this.#others();
    const others = (await this.#found).filter(({ hotkey }) => hotkey !== first.hotkey);
    yield* others.filter(({ hotkey }) => !away.has(hotkey));
    yield* [first, ...others].filter(({ hotkey }) => away.has(hotkey));
  }
}

function positionsOf(manifest: Manifest): ReadonlyMap<Hex, ShardPosition> {
  return new Map(
    manifest.segments.flatMap(({ index: segment }) =>
      shardsOf(manifest, segment).map(({ shard_id, i: index, generation, miner }) => [
        shard_id,
        { fileId: manifest.id, segment, index, generation, miner },
      ]),
    ),
  );
}

const unreachable = () =>
  new CodedError<StorageClientCode>("VALIDATOR_UNREACHABLE", "no validator of the file answers");
