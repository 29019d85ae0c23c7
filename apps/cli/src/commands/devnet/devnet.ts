import { defineService } from "../../action.ts";
import { DEVNET_OPTIONS, type DevnetResult, describeDevnet, runDevnet } from "./run-devnet.ts";

/** `neurond devnet` */
export const devnet = defineService<DevnetResult>({
  name: "devnet",
  summary: "run a development chain that any Substrate client can use",
  description:
    "Its accounts, calls, refusals and epochs are those of subtensor; nothing is kept unless a state file is given. Whoever reaches the port rules the chain: leave it on loopback.",
  options: DEVNET_OPTIONS,
  examples: [
    "neurond devnet",
    "neurond devnet --preset subnet --block-time 250",
    "neurond devnet --mode instant --port 0 --json",
    "neurond devnet --state-file chain.state --finality-lag 2",
  ],
  schema: async () => (await import("./schemas.ts")).DevnetShape,
  serve: runDevnet,
  human: describeDevnet,
});
