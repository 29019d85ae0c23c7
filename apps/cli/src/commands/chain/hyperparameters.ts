import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { blockOf, CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import { plainJson } from "../../plain-json.ts";
import type { HyperparametersShape } from "./schemas.ts";

/** `neurond chain hyperparameters` */
export const showHyperparameters = defineAction<z.infer<typeof HyperparametersShape>>({
  name: "hyperparameters",
  summary: "show a subnet's hyperparameters",
  shared: ["netuid", "block", ...CHAIN_OPTIONS],
  examples: ["neurond chain hyperparameters --netuid 1 -n test"],
  schema: async () => (await import("./schemas.ts")).HyperparametersShape,
  run: (call) => {
    const netuid = netuidOf(call);
    const at = blockOf(call);
    return withChain(call, async (chain) => {
      const { more, ...known } = await chain.hyperparameters(netuid, { at });
      return {
        ...known,
        netuid,
        rho: known.rho ?? null,
        yumaVersion: known.yumaVersion ?? null,
        bondsResetEnabled: known.bondsResetEnabled ?? null,
        subnetIsActive: known.subnetIsActive ?? null,
        weightsVersion: known.weightsVersion.toString(),
        bondsMovingAverage: known.bondsMovingAverage.toString(),
        minBurn: known.minBurn.toString(),
        maxBurn: known.maxBurn.toString(),
        more: plainJson(more),
      };
    });
  },
  human: ({ more, ...known }, view) =>
    view.pairs(
      Object.entries({ ...known, ...Object(more) }).map(([name, value]) => [
        name,
        value === null ? undefined : String(value),
      ]),
    ),
});
