import type { BlockNumber, Hotkey, Netuid } from "@neurond/primitives";
import type { MinerHealth } from "@neurond/registry";
import type { App } from "@neurond/runtime";
import type { Discovery } from "../discovery/discovery.ts";
import { phaseAt, type RunPlan, timesAt } from "../run-plan.ts";

/** What a validator says of itself. */
export interface StatusDeps {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly version: string;
  readonly plan: RunPlan;
  readonly discovery: Discovery;
  readonly head: () => BlockNumber;
}

/** Serves who this is and where its current run stands. */
export function serveStatus(
  app: App,
  { netuid, hotkey, version, plan, discovery, head }: StatusDeps,
): void {
  app.get(
    "/v1/status",
    { schema: { summary: "Who this is, and where the current run stands" } },
    async () => {
      const block = head();
      const run = timesAt(block, plan);
      return {
        netuid,
        hotkey,
        version,
        auth: ["btauth/1", "epistula/2"],
        run: { index: run.index, phase: phaseAt(block, run) },
        block,
        discovery: { source: discovery.source, miners: discovery.book.counts() },
      };
    },
  );
  app.get(
    "/v1/miners",
    { schema: { summary: "What miners' capacity came to, where a workload asks for it" } },
    async () =>
      discovery.book.entries().map(([hotkey, { validity, failures, capacity }]) => {
        return { hotkey, validity, failures, capacity: capacity && plainCapacity(capacity) };
      }),
  );
}

function plainCapacity({ capabilities }: NonNullable<MinerHealth["capacity"]>) {
  return Object.fromEntries(capabilities);
}
