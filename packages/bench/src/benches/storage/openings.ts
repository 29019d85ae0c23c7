import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { type PedersenSuite, pedersenSuite, type SuiteId } from "@neurond/crypto";
import { nativeAnswers } from "@neurond/workload-storage/io";
import {
  blockBytes,
  type OpeningStatement,
  openingStatement,
  proveOpening,
  VectorCommitter,
  verifyOpening,
} from "@neurond/workload-storage/opening";
import {
  TAG_NONCE,
  type TokenAlg,
  TokenMaker,
  tokensNumbered,
} from "@neurond/workload-storage/token";
import type { Row } from "../../bench.ts";

/** Blocks per challenge, as the default plan samples leaves. */
const OPENED = 20;
const TOKEN_BYTES = 250_000_000;
const CHUNK = 1_048_576;

/** What the specification's prototype took, on P-256 and its own host: the best it states. */
const PUBLISHED_MS = { prove: { 64: 200, 1024: 3700 }, verify: { 64: null, 1024: 500 } } as const;
const PUBLISHED_ENCODE_MB_S = 0.102;

/** Openings and tokens. Processor time, as others use the machine too. */
export function openingRows(): readonly Row[] {
  const shard = randomBytes(TOKEN_BYTES);
  return [
    ...([2, 1] as const).flatMap((suite) =>
      ([64, 1024] as const).flatMap((sectors) => rowsOfOpening(suite, sectors)),
    ),
    ...([1, 2] as const).map((alg) => rowOfToken(alg, shard)),
  ];
}

function rowsOfOpening(id: SuiteId, sectors: 64 | 1024): readonly Row[] {
  const name = `${id === 1 ? "p256" : "ristretto255"}_${sectors}`;
  const opening = new Opening(id, sectors);
  const common = { unit: "ms", better: "lower", runs: sectors === 64 ? 5 : 3 } as const;
  const verifying = PUBLISHED_MS.verify[sectors];
  return [
    {
      metric: `storage.opening_prove_${name}`,
      ...common,
      target: PUBLISHED_MS.prove[sectors],
      measure: () => cpuMs(() => opening.prove()),
      reference: {
        name: "published prototype, P-256",
        measure: () => PUBLISHED_MS.prove[sectors],
      },
    },
    {
      metric: `storage.opening_verify_${name}`,
      ...common,
      target: verifying,
      measure: () => cpuMs(() => opening.verify()),
      ...(verifying !== null && {
        reference: { name: "published prototype, P-256", measure: () => verifying },
      }),
    },
    {
      metric: `storage.opening_encode_${name}`,
      unit: "MB/s",
      better: "higher",
      runs: common.runs,
      target: PUBLISHED_ENCODE_MB_S,
      measure: () => opening.encodeSpeed(),
      reference: {
        name: "sums without tables of generators",
        measure: () => opening.plainSpeed(),
      },
    },
  ];
}

function rowOfToken(alg: TokenAlg, bytes: Uint8Array): Row {
  const perGigabyte = (work: () => void) => (cpuMs(work) * 1e9) / TOKEN_BYTES;
  return {
    metric: `storage.token_alg_${alg}`,
    unit: "ms/GB",
    better: "lower",
    target: null,
    runs: 5,
    measure: () => perGigabyte(() => makeToken(alg, bytes)),
    reference:
      alg === 1
        ? {
            name: "SHA-256 alone",
            measure: () => perGigabyte(() => createHash("sha256").update(bytes).digest()),
          }
        : {
            name: "AES-256-GCM's tag alone",
            measure: () =>
              perGigabyte(() => {
                const cipher = createCipheriv("aes-256-gcm", bytes.subarray(0, 32), TAG_NONCE);
                cipher.setAAD(bytes);
                cipher.final();
              }),
          },
  };
}

function makeToken(alg: TokenAlg, bytes: Uint8Array): void {
  const entry = {
    shardId: bytes.subarray(0, 32),
    root: bytes.subarray(32, 64),
    size: bytes.length,
  };
  const plan = { master: bytes.subarray(64, 96), entry, names: tokensNumbered(alg, 1) };
  const maker = new TokenMaker(plan, nativeAnswers);
  for (let at = 0; at < bytes.length; at += CHUNK) maker.update(bytes.subarray(at, at + CHUNK));
  maker.finish();
}

/** One statement about random blocks, made when first measured. */
class Opening {
  readonly #suite: PedersenSuite;
  readonly #sectors: number;
  #made:
    | { statement: OpeningStatement; blocks: readonly Uint8Array[]; proof: Uint8Array }
    | undefined;

  constructor(id: SuiteId, sectors: number) {
    this.#suite = pedersenSuite(id);
    this.#sectors = sectors;
  }

  prove(): void {
    const { statement, blocks } = this.#ready();
    proveOpening(statement, { blocks, blinding: null, randomness: randomBytes(32) });
  }

  verify(): void {
    const { statement, proof } = this.#ready();
    const fault = verifyOpening(statement, proof);
    if (fault !== null) throw new Error(`an honest proof came to ${fault}`);
  }

  encodeSpeed(): number {
    const bytes = Buffer.concat(this.#ready().blocks);
    return megabytesPerSecond(bytes.length, () => {
      const committer = new VectorCommitter({
        suite: this.#suite,
        sectors: this.#sectors,
        blinding: null,
      });
      committer.update(bytes);
      committer.finish();
    });
  }

  plainSpeed(): number {
    const generators = this.#suite.generators(this.#sectors);
    const scalars = generators.map(() => BigInt(`0x${randomBytes(31).toString("hex")}`));
    return megabytesPerSecond(blockBytes(this.#sectors), () => {
      this.#suite.sum(generators, scalars).encode();
    });
  }

  #ready() {
    this.#made ??= this.#make();
    return this.#made;
  }

  #make() {
    const [suite, sectors] = [this.#suite, this.#sectors];
    const blocks = Array.from({ length: OPENED }, () => randomBytes(blockBytes(sectors)));
    const committer = new VectorCommitter({ suite, sectors, blinding: null });
    for (const block of blocks) committer.update(block);
    const { commitments, root } = committer.finish();
    const statement = openingStatement({
      suite,
      sectors,
      seed: randomBytes(32),
      vectorRoot: root,
      positions: blocks.map((_, at) => at),
      commitments,
    });
    if (statement === null) throw new Error("a commitment is no point");
    const secrets = { blocks, blinding: null, randomness: randomBytes(32) };
    return { statement, blocks, proof: proveOpening(statement, secrets) };
  }
}

function megabytesPerSecond(bytes: number, work: () => void): number {
  return bytes / 1000 / cpuMs(work);
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
