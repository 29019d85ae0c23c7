import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS, withChain, withoutCredentials } from "../../chain.ts";
import type { ChainStatusShape } from "./schemas.ts";

/** `neurond chain status` */
export const showStatus = defineAction<z.infer<typeof ChainStatusShape>>({
  name: "status",
  summary: "show a chain's height, finality, clock and subnets",
  shared: CHAIN_OPTIONS,
  examples: ["neurond chain status", "neurond chain status -n local --json"],
  schema: async () => (await import("./schemas.ts")).ChainStatusShape,
  run: (call) =>
    withChain(call, async (chain, network) => {
      const [best, finalized, clock, subnets] = await Promise.all([
        chain.head(),
        chain.head({ at: "finalized" }),
        chain.clock(),
        chain.subnets(),
      ]);
      const { endpoint, genesisHash, specVersion } = chain.status();
      return {
        network: network.name,
        endpoint: withoutCredentials(endpoint ?? network.endpoint),
        genesisHash,
        specVersion,
        best: { number: best.number, hash: best.hash },
        finalized: { number: finalized.number, hash: finalized.hash },
        chainMs: clock.chainMs,
        clockSkewMs: clock.clockSkewMs,
        clockSuspect: clock.suspect,
        blockTimeMs: clock.blockTimeMs,
        subnets: [...subnets],
      };
    }),
  human: (status, view) =>
    view.pairs([
      ["network", status.network],
      ["endpoint", status.endpoint],
      ["genesis", status.genesisHash],
      ["runtime", String(status.specVersion)],
      ["best block", `${status.best.number}  ${status.best.hash}`],
      ["finalized", `${status.finalized.number}  ${status.finalized.hash}`],
      ["chain time", new Date(status.chainMs).toISOString()],
      ["clock", clockText(status.clockSkewMs, status.clockSuspect)],
      ["block time", `${status.blockTimeMs} ms`],
      ["subnets", String(status.subnets.length)],
    ]),
});

function clockText(skewMs: number, suspect: boolean): string {
  const text = `${(skewMs / 1000).toFixed(1)} s ahead of the best block`;
  return suspect ? `${text}: the clock is wrong, or the chain stands still` : text;
}
