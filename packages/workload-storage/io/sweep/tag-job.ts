import {
  type KeystreamAt,
  PIECE_BYTES,
  type Tagger,
  tagger,
  weightsOf,
} from "@neurond/workload-storage/sweep";
import { nativeKeystreamAt } from "./native-keystream.ts";

/** A piece of a shard to tag under a miner's keys of some periods. */
export interface TagJob {
  readonly keys: readonly Uint8Array[];
  /** Up to 256 rows, transferred. */
  readonly piece: ArrayBuffer;
}

/** The linear parts of a piece's tags, per period. Secret, as long as masks are not added. */
export type TagResult = readonly Uint8Array[];

/** Does jobs one after the other; weights are kept while the keys stay the same. */
export class TagWork {
  readonly #stream: KeystreamAt;
  #keys: readonly Uint8Array[] = [];
  #tagger: Tagger | null = null;

  constructor(stream: KeystreamAt = nativeKeystreamAt) {
    this.#stream = stream;
  }

  linear({ keys, piece }: TagJob): TagResult {
    const engine = this.#taggerOf(keys);
    const bytes = new Uint8Array(piece);
    engine.piece.set(bytes.subarray(0, PIECE_BYTES));
    return engine.linear(bytes.length);
  }

  #taggerOf(keys: readonly Uint8Array[]): Tagger {
    const same =
      keys.length === this.#keys.length &&
      keys.every((key, at) => Buffer.compare(key, this.#keys[at] ?? key.subarray(1)) === 0);
    if (this.#tagger !== null && same) return this.#tagger;
    this.#tagger?.wipe();
    this.#keys = keys;
    this.#tagger = tagger(keys.map((key) => weightsOf(key, this.#stream)));
    return this.#tagger;
  }
}
