import type { Neuron } from "@neurond/chain";
import { formatTao } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { blockOf, CHAIN_OPTIONS, mecidOf, netuidOf, withChain } from "../../chain.ts";
import { axonText, plainAxon } from "./axon.ts";
import type { MetagraphShape } from "./schemas.ts";

type Result = z.infer<typeof MetagraphShape>;

/** `neurond chain metagraph` */
export const showMetagraph = defineAction<Result>({
  name: "metagraph",
  summary: "show a subnet's neurons at one block",
  shared: ["netuid", "mecid", "block", ...CHAIN_OPTIONS],
  examples: [
    "neurond chain metagraph --netuid 1",
    "neurond chain metagraph --netuid 1 --block finalized --json",
  ],
  schema: async () => (await import("./schemas.ts")).MetagraphShape,
  run: (call) => {
    const id = { netuid: netuidOf(call), mecid: mecidOf(call) };
    const at = blockOf(call);
    return withChain(call, async (chain) => {
      const {
        byHotkey: _,
        neurons,
        ownerHotkey,
        ownerColdkey,
        ...subnet
      } = await chain.metagraph(id, { at });
      return {
        ...subnet,
        ownerHotkey: ownerHotkey ?? null,
        ownerColdkey: ownerColdkey ?? null,
        neurons: neurons.map(plainNeuron),
      };
    });
  },
  human: (subnet, view) => {
    const { netuid, mecid, name, symbol, tempo, block, neurons } = subnet;
    const title = `subnet ${netuid}.${mecid} ${name} ${symbol}  block ${block}  tempo ${tempo}`;
    const right = ["UID", "STAKE", "INCENTIVE", "DIVIDENDS", "TRUST", "UPDATED"];
    const titles = ["UID", "HOTKEY", "STAKE", "PERMIT", "ACTIVE", ...right.slice(2), "AXON"];
    const columns = titles.map((one) =>
      right.includes(one) ? ({ title: one, align: "right" } as const) : { title: one },
    );
    const rows = neurons.map((neuron) => [
      String(neuron.uid),
      neuron.hotkey,
      neuron.totalStakeTao,
      neuron.validatorPermit ? "yes" : "",
      neuron.active ? "yes" : "",
      share(neuron.incentive),
      share(neuron.dividends),
      share(neuron.validatorTrust),
      neuron.lastUpdate === 0 ? "never" : `${block - neuron.lastUpdate} ago`,
      axonText(neuron.axon),
    ]);
    return `${title}\n${view.table(columns, rows)}`;
  },
});

function plainNeuron(neuron: Neuron): Result["neurons"][number] {
  const { emission, alphaStake, taoStake, totalStake, axon, ...rest } = neuron;
  return {
    ...rest,
    emissionRao: emission.toString(),
    alphaStakeRao: alphaStake.toString(),
    taoStakeRao: taoStake.toString(),
    totalStakeRao: totalStake.toString(),
    totalStakeTao: formatTao(totalStake),
    axon: plainAxon(axon),
  };
}

function share(value: number): string {
  return (value / 65_535).toFixed(5);
}
