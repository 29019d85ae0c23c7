import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { type Observation, type ReportInput, toFamilyId } from "@neurond/ledger";
import { hotkeyOf, toNetuid, toRunId } from "@neurond/primitives";
import { defineWorkload, failed, meanScore, passed } from "@neurond/workload";
import { z } from "zod";

export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const aliceHotkey = hotkeyOf(alice.publicKey);
export const bobHotkey = hotkeyOf(bob.publicKey);
export const verify = verifySr25519Fast;

export const miner = (index: number) =>
  hotkeyOf(Uint8Array.of(index % 256, Math.floor(index / 256), ...new Uint8Array(30)));

/** Pays for doubling a number. */
export const double = defineWorkload({
  name: "double/1",
  task: z.strictObject({ number: z.int() }),
  evidence: z.strictObject({ answer: z.int(), note: z.string().optional() }),
  sample: () => [],
  verify: ({ number }, { answer }) => (answer === 2 * number ? passed() : failed("ANSWER_WRONG")),
  score: meanScore,
});

/** An honest observation of a right answer, with changes. */
export function observation(change: Partial<Observation> = {}): Observation {
  return {
    kind: "observation",
    v: 1,
    netuid: 1,
    validator: aliceHotkey,
    run_id: toRunId("run-7"),
    workload: double.name,
    slot: 0,
    miner: miner(1),
    block: 700,
    sent_ms: 1_790_000_000_000,
    received_ms: 1_790_000_000_040,
    task: { number: 21 },
    evidence: { answer: 42 },
    outcome: passed(),
    ...change,
  };
}

export const netuid = toNetuid(1);

/** Alice's report of a run. */
export function reportInput(change: Partial<ReportInput> = {}): ReportInput {
  return {
    runId: toRunId("run-7"),
    familyId: toFamilyId("general_chat"),
    scores: new Map([
      [aliceHotkey, 500_000],
      [bobHotkey, 812_345],
    ]),
    taskCounts: new Map([
      [aliceHotkey, 30],
      [bobHotkey, 30],
    ]),
    timeMs: Date.UTC(2026, 4, 20, 12),
    checkpoint: { size: 60, root: "ab".repeat(32) },
    configHash: "cd".repeat(32),
    salt: new Uint8Array(32).fill(7),
    ...change,
  };
}
