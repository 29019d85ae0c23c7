import type { BlockNumber, Hotkey, Netuid } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { phaseAt, type RunPlan, timesAt } from "../run-plan.ts";

/** What a validator says of itself. */
export interface StatusDeps {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly version: string;
  readonly plan: RunPlan;
  readonly head: () => BlockNumber;
}

/** Serves who this is and where its current run stands. */
export function serveStatus(app: App, { netuid, hotkey, version, plan, head }: StatusDeps): void {
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
      };
    },
  );
}
