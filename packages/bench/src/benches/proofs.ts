import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sealer, ShardHasher, ShardStore } from "@neurond/workload-storage/io";
import { defineBench } from "../bench.ts";
import { Challenges, storeShard } from "./storage/challenges.ts";

const MIB = 1_048_576;

/** What a miner and a validator spend on proofs of storage. */
export const proofs = defineBench({
  name: "proofs",
  async rows(resources) {
    const directory = await mkdtemp(join(tmpdir(), "neurond-bench-"));
    resources.defer(() => rm(directory, { recursive: true, force: true }));
    const store = await ShardStore.open({ directory });
    const large = await storeShard(store, 1024);
    const one = new Challenges([large], store);
    const common = { unit: "ms", better: "lower" } as const;
    return [
      {
        metric: "proofs.seal_and_root",
        unit: "% of OpenSSL's SHA-256",
        better: "higher",
        target: 60,
        measure: sealShare,
      },
      { metric: "proofs.answer", ...common, target: 5, measure: () => one.answerMs() },
      {
        metric: "proofs.answer_bytes",
        unit: "bytes",
        better: "lower",
        target: 110_000,
        measure: () => one.answerBytes(),
      },
      { metric: "proofs.verify", ...common, target: 2, measure: () => one.verifyMs() },
    ];
  },
});

/** How fast sealing and hashing is, as a share of hashing alone, in turns over the same bytes. */
function sealShare(): number {
  const bytes = randomBytes(8 * MIB);
  const key = randomBytes(32);
  const [hashing, sealing]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 40; turn += 1) {
    hashing.push(timed(() => createHash("sha256").update(bytes).digest()));
    sealing.push(
      timed(() => {
        const [sealer, hasher] = [new Sealer(key), new ShardHasher()];
        for (let at = 0; at < bytes.length; at += 262_144) {
          hasher.update(sealer.update(bytes.subarray(at, at + 262_144)));
        }
        hasher.finish();
      }),
    );
  }
  // The fastest of each: what other processes took is not ours to report.
  return (100 * Math.min(...hashing)) / Math.min(...sealing);
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
