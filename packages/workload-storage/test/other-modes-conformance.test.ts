import { toHex } from "@neurond/primitives";
import { defineWorkload, meanScore, type Run } from "@neurond/workload";
import { conformance } from "@neurond/workload/conformance";
import { describe, test } from "vitest";
import { judgeOpening, OpeningEvidence, OpeningTask } from "../src/opening/index.ts";
import { judgeToken, TokenEvidence, TokenTask } from "../src/token/index.ts";
import { OpeningWorld } from "./opening/opening-world.ts";
import { signedAnswer } from "./slots.ts";
import { flipped } from "./test-data.ts";
import { TokenWorld } from "./token/token-world.ts";
import { World } from "./world.ts";

const { run } = new World([4096]);
const opening = await OpeningWorld.make({ suite: 2, sectors: 4, size: 2000, wanted: 3 });
const proof = opening.prove();
const token = new TokenWorld(2);
const answered = await token.evidence();

/** A slot of the one miner that is asked, under the run's beacon. */
const slotFor = <Task extends OpeningTask | TokenTask>({ seed }: Run, task: Task) => [
  {
    hotkey: task.miner,
    slot: task.slot,
    task: { ...task, beacon: { ...task.beacon, digest: toHex(seed) } },
  },
];

const openings = defineWorkload({
  name: "opening/1",
  task: OpeningTask,
  evidence: OpeningEvidence,
  sample: (run: Run) => slotFor(run, opening.task),
  verify: (task: OpeningTask, evidence: OpeningEvidence) => judgeOpening(task, evidence),
  score: meanScore,
});
const tokens = defineWorkload({
  name: "token/1",
  task: TokenTask,
  evidence: TokenEvidence,
  sample: (run: Run) => slotFor(run, token.task),
  verify: (task: TokenTask, evidence: TokenEvidence) => judgeToken(task, evidence),
  score: meanScore,
});

describe("openings keep what every workload must", () => {
  const { task, seed } = opening;
  const honest = signedAnswer(seed, proof);
  const checks = conformance(openings, {
    runs: [run],
    exchanges: [
      { task, evidence: honest, kind: "passed" },
      { task, evidence: signedAnswer(seed, flipped(proof, -1)), kind: "failed" },
      { task: { ...task, commitments: [] }, evidence: honest, kind: "unknown" },
      { task, evidence: { ...honest, received_ms: 99_000 }, kind: "unknown" },
    ],
  });
  for (const { name, run } of checks) test(name, () => run());
});

describe("tokens keep what every workload must", () => {
  const { task, challenge } = token;
  const wrong = { ...answered, ...signedAnswer(challenge, flipped(token.answer(), 0)) };
  const unopened = { ...answered, opened: { ...answered.opened, index: 2 } };
  const checks = conformance(tokens, {
    runs: [run],
    exchanges: [
      { task, evidence: answered, kind: "passed" },
      { task, evidence: wrong, kind: "failed" },
      { task, evidence: unopened, kind: "unknown" },
    ],
  });
  for (const { name, run } of checks) test(name, () => run());
});
