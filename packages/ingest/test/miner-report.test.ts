import { hotkeyOf } from "@neurond/primitives";
import { expect, it } from "vitest";
import { entryContent } from "../io/entries/entry-content.ts";
import { trackedEntry } from "../src/entry.ts";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const [ours, theirs, miner] = [key(1), key(2), key(3)];

it("what a miner answered to another validator does not count against ours", () => {
  const row = { version: null, instance_id: null, created_at: 1, verified_at: null };
  const rest = { deleted_at: null, activated_at: null, compute_multiplier: null, chute_id: "c" };
  const deployment = (deployment_id: string, validator: string | null) => {
    return { ...row, ...rest, deployment_id, validator };
  };
  const metric = (deployment_id: string, total_count: number) => {
    return { chute_id: "c", deployment_id, function: "chat", total_seconds: 1, total_count };
  };
  const entry = trackedEntry(ours, "miner", miner, {
    entry_id: "e",
    hotkey: miner,
    block: 5,
    path: `audit/miner/${miner}/5.json`,
    created_at: 2,
    start_time: 0,
    end_time: 1,
  });
  const report = {
    miner_hotkey: miner,
    start_time: 0,
    end_time: 1,
    prometheus_message: null,
    prometheus_metrics: [metric("a", 1), metric("b", 2), metric("c", 4), metric("d", 8)],
    deployment_audit: [deployment("a", ours), deployment("b", theirs), deployment("c", null)],
  };
  const { minerMetrics } = entryContent(entry, { reporter: "miner", report }, () => "", 1);
  // A deployment that the report tells nothing more of is taken as it always was.
  expect([...(minerMetrics ?? [])].map(({ totalCount }) => totalCount)).toEqual([1, 4, 8]);
});
