import { Log, MemoryLogStorage, type Observation } from "@neurond/ledger";
import { type Hotkey, toBlockNumber, toNetuid } from "@neurond/primitives";
import { failed, OFFLINE, type Outcome, passed, unknown } from "@neurond/workload";
import { expect, test } from "vitest";
import type { RunFacts } from "../src/ports/run-journal.ts";
import { timesOf } from "../src/run-plan.ts";
import { judgeRuns, type WatchDeps } from "../src/storage/upkeep/watch-miners.ts";
import { hotkey, key, PLAN } from "./support/world.ts";

const NETUID = toNetuid(7);
const WORKLOAD = "storage/1";
const [a, b] = [hotkey("//A"), hotkey("//B")];
const never = () => Promise.reject(new Error("not asked"));

/** What a run comes to for miners' presence: who passed something, of those that are judged. */
async function judged(outcomes: readonly (readonly [Hotkey, Outcome])[]) {
  const run = timesOf(40, PLAN);
  const log = new MemoryLogStorage();
  await new Log(log).append(
    outcomes.map(([miner, outcome], slot): Observation => {
      const at = { netuid: NETUID, validator: hotkey("//Validator1"), run_id: run.id };
      const sent = { block: run.beacon, sent_ms: 1, received_ms: null, task: {}, evidence: null };
      return {
        kind: "observation",
        v: 1,
        ...at,
        workload: WORKLOAD,
        slot,
        miner,
        ...sent,
        outcome,
      };
    }),
  );
  const facts: RunFacts = { frozen: { reports: {} }, opened: { size: 0 } };
  const verdicts: [Hotkey, boolean][] = [];
  const deps: WatchDeps = {
    chain: { metagraph: never },
    identity: { netuid: NETUID, hotkey: hotkey("//Validator1"), signer: key("//Validator1") },
    rules: { plan: PLAN },
    stores: {
      log,
      journal: { read: async () => facts, write: never, having: never, latest: never },
      bodies: { put: never, get: never, forgetExpired: never },
      presence: {
        ...{ lookedAt: never, look: never, damaged: never, lostOf: never },
        judge: async (_, seen) => void verdicts.push(...seen),
      },
    },
    workload: WORKLOAD,
  };
  const head = toBlockNumber(timesOf(41, PLAN).start);
  expect(await judgeRuns(deps, head, 39)).toBe(40);
  return Object.fromEntries(verdicts);
}

test("who passed nothing while another did is judged by it, silent or wrong", async () => {
  const wrong = failed("SHARD_ROOT");
  expect(
    await judged([
      [a, passed()],
      [b, OFFLINE],
    ]),
  ).toEqual({ [a]: true, [b]: false });
  expect(
    await judged([
      [a, passed()],
      [b, wrong],
    ]),
  ).toEqual({ [a]: true, [b]: false });
  expect(
    await judged([
      [a, passed()],
      [a, OFFLINE],
      [b, wrong],
      [b, passed()],
    ]),
  ).toEqual({
    [a]: true,
    [b]: true,
  });
});

test("silence of all at once is nobody's: their validator may have heard nobody", async () => {
  expect(
    await judged([
      [a, OFFLINE],
      [b, OFFLINE],
    ]),
  ).toEqual({});
  expect(
    await judged([
      [a, OFFLINE],
      [b, unknown("NO_BEACON")],
    ]),
  ).toEqual({});
});

test("a wrong answer is its miner's, also where nobody passed", async () => {
  expect(
    await judged([
      [a, failed("SHARD_ROOT")],
      [b, OFFLINE],
    ]),
  ).toEqual({ [a]: false });
  expect(
    await judged([
      [a, OFFLINE],
      [a, failed("SHARD_ROOT")],
    ]),
  ).toEqual({ [a]: false });
});
