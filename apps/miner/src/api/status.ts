import type { Hotkey, Netuid } from "@neurond/primitives";
import type { App } from "@neurond/runtime";

/** What a miner says of itself. */
export interface StatusDeps {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly version: string;
  readonly workloads: readonly string[];
  readonly maxShardBytes: number;
  readonly block: () => number;
}

/** Serves who this is and what it takes. How much it holds is nobody's business but its operator's. */
export function serveStatus(app: App, deps: StatusDeps): void {
  const { netuid, hotkey, version, workloads, maxShardBytes, block } = deps;
  app.get("/v1/status", { schema: { summary: "Who this is, and what it takes" } }, async () => ({
    netuid,
    hotkey,
    version,
    auth: ["btauth/1", "epistula/2"],
    workloads,
    maxShardBytes,
    block: block(),
  }));
}
