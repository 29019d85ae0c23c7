import { createHash, randomBytes } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import type { Entry } from "@neurond/workload-storage";
import { nativeKeystreamAt, ShardHasher, TagPool } from "@neurond/workload-storage/io";
import {
  answerSweep,
  bigintRowSum,
  bigintValueSum,
  coefficientsAt,
  minerKey,
  PIECE_BYTES,
  PIECE_ROWS,
  periodSecret,
  rowSum,
  tagBytesOf,
  verifySweep,
} from "@neurond/workload-storage/sweep";
import type { Row } from "../../bench.ts";

const GIGABYTE = 1_000_000_000;
const PERIODS = 32;
const CHUNK = 1_048_576;
const LIST = [0];
const stream = nativeKeystreamAt;
/** What spec-sheets of the original system came to for a whole gibibyte in chunks of 256 bytes. */
const UPSTREAM_PYTHON_MS = 97 * 60_000;

/** The whole-data challenge on a gigabyte in memory. Processor time, as others use the machine too. */
export async function sweepRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  const shard = new Gigabyte();
  const pool = resources.use(new TagPool({ workers: 2 }));
  const common = { unit: "ms", better: "lower" } as const;
  return [
    {
      metric: "storage.sweep_answer_1_gb",
      ...common,
      target: 250,
      measure: () => cpuMs(() => shard.answer()),
      reference: { name: "reading it in a plain loop", measure: () => cpuMs(() => shard.read()) },
    },
    {
      metric: "storage.sweep_answer_1_gb_wall",
      ...common,
      target: null,
      runs: 3,
      measure: () => wallMs(() => shard.answer()),
      reference: {
        name: "upstream's Python, published, 256 B chunks; proves less: data may be made up",
        measure: () => UPSTREAM_PYTHON_MS,
      },
    },
    {
      metric: "storage.sweep_sum_3_mib",
      ...common,
      target: null,
      measure: () => cpuMs(() => shard.sumPiece(shard.fast)),
      reference: { name: "in BigInt", measure: () => cpuMs(() => shard.sumPiece(shard.slow)) },
      runs: 3,
    },
    {
      metric: "storage.sweep_verify_1_gb",
      ...common,
      target: 40,
      measure: () => cpuMs(() => shard.verify()),
      reference: {
        name: "with sums in BigInt",
        measure: () => cpuMs(() => shard.verify(bigintValueSum)),
      },
    },
    {
      metric: "storage.sweep_tag_32_sets_1_gb",
      unit: "core-seconds",
      better: "lower",
      target: 12,
      runs: 1,
      measure: async () => (await cpuMs(() => shard.tag(pool))) / 1000,
      reference: {
        name: "its SHA-256 alone",
        measure: async () => (await cpuMs(() => shard.hash())) / 1000,
      },
    },
  ];
}

/** A shard of a gigabyte in memory, with tags of one period. */
class Gigabyte {
  readonly #sealed = noise();
  readonly #tags: Uint8Array;
  readonly #entry: Entry;
  readonly #keys: readonly Uint8Array[];
  readonly #held;
  readonly #answers = new Map<string, Uint8Array>();
  #turn = 0;
  readonly fast = rowSum();
  readonly slow = bigintRowSum();

  constructor() {
    const hasher = new ShardHasher();
    hasher.update(this.#sealed);
    const { root, size } = hasher.finish();
    this.#entry = { shardId: randomBytes(32), root, size };
    const miner = hotkeyOf(keypairFromUri("//Bob").publicKey);
    const master = randomBytes(32);
    this.#keys = Array.from({ length: PERIODS }, (_, period) =>
      minerKey(periodSecret(master, { netuid: toNetuid(1), period }), miner),
    );
    // Which tags they are does not change what an answer takes, only whether it verifies.
    this.#tags = randomBytes(tagBytesOf(size)).map((byte) => byte & 0x7f);
    this.#held = () => ({ sealed: this.#sealed, tags: this.#tags });
  }

  answer(seed: Uint8Array = this.#seed()): Uint8Array {
    return answerSweep(seed, LIST, [this.#entry], this.#held, { stream, rows: this.fast });
  }

  /** Verifies up to the verdict, which invented tags make a mismatch: the same work as a match. */
  verify(sum?: typeof bigintValueSum): void {
    const seed = createHash("sha256").update("one answer").digest();
    const answer = this.#answers.get("one") ?? this.answer(seed);
    this.#answers.set("one", answer);
    const claim = { seed, list: LIST, entries: [this.#entry], answer };
    verifySweep(claim, this.#keys[0] ?? seed, { stream, ...(sum && { sum }) });
  }

  /** All sets of tags, from bytes as they stream by, hashing included. */
  async tag(pool: TagPool): Promise<void> {
    const request = { entry: this.#entry, keys: this.#keys, body: this.#body() };
    const sets = await pool.tag(request, AbortSignal.timeout(600_000));
    if (sets.length !== PERIODS) throw new Error("tags are missing");
  }

  hash(): void {
    createHash("sha256").update(this.#sealed).digest();
  }

  read(): number {
    const numbers = new Float64Array(this.#sealed.buffer, 0, GIGABYTE / 8);
    let [a, b, c, d] = [0, 0, 0, 0];
    // A value per cache line would be faster, but that is not what anybody has to read.
    for (let at = 0; at < numbers.length; at += 4) {
      a += numbers[at] ?? 0;
      b += numbers[at + 1] ?? 0;
      c += numbers[at + 2] ?? 0;
      d += numbers[at + 3] ?? 0;
    }
    return a + b + c + d;
  }

  sumPiece(sum: typeof this.fast): void {
    sum.pieces[0].set(this.#sealed.subarray(0, PIECE_BYTES));
    const range = { from: 0, rows: PIECE_ROWS };
    sum.add(0, PIECE_BYTES, coefficientsAt(this.#entry.root, range, stream));
  }

  #seed(): Uint8Array {
    this.#turn += 1;
    return createHash("sha256").update(`challenge ${this.#turn}`).digest();
  }

  async *#body(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < GIGABYTE; at += CHUNK) yield this.#sealed.subarray(at, at + CHUNK);
  }
}

function noise(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(GIGABYTE);
  const block = randomBytes(PIECE_BYTES + 4096);
  for (let at = 0; at < GIGABYTE; at += PIECE_BYTES) {
    const part = block.subarray(at % 4093, (at % 4093) + Math.min(PIECE_BYTES, GIGABYTE - at));
    bytes.set(part, at);
  }
  return bytes;
}

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function wallMs(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
