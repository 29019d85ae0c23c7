import { hotkeyOf } from "@neurond/primitives";
import { defineWorkload } from "@neurond/workload";
import { conformance } from "@neurond/workload/conformance";
import { describe, test } from "vitest";
import { flipped } from "./test-data.ts";
import { OTHER_MINER, World } from "./world.ts";

const world = new World([1, 20_000, 5_000]);
const plan = { slots: 2, samples: 2, deadlineMs: 10_000 };
const task = world.task(plan);
const answer = await world.answer(task);
const honest = world.evidence(task, answer);
const foreign = { ...task, miner: hotkeyOf(OTHER_MINER.publicKey) };

describe("storage/1 keeps what every workload must", () => {
  const checks = conformance(defineWorkload(world.workload(plan)), {
    runs: [world.run, new World([4096], 8).run],
    exchanges: [
      { task, evidence: honest, kind: "passed" },
      { task, evidence: world.evidence(task, flipped(answer, -1)), kind: "failed" },
      { task, evidence: { ...honest, received_ms: 99_000 }, kind: "unknown" },
      { task: foreign, evidence: honest, kind: "unknown" },
    ],
  });
  for (const { name, run } of checks) test(name, () => run());
});
