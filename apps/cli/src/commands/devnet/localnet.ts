import { defineService } from "../../action.ts";
import {
  type DevnetDefaults,
  type DevnetResult,
  describeDevnet,
  devnetOptions,
  runDevnet,
} from "./run-devnet.ts";

const DEFAULTS: DevnetDefaults = { preset: "subnet", blockTimeMs: 1000 };

/** `neurond localnet` */
export const localnet = defineService<DevnetResult>({
  name: "localnet",
  summary: "run a chain with a registered subnet, and say how to reach it",
  description: "The same chain as devnet, with a block a second and neurons to play with.",
  options: devnetOptions(DEFAULTS),
  examples: ["neurond localnet", "neurond localnet --port 9945 --block-time 250"],
  schema: async () => (await import("./schemas.ts")).DevnetShape,
  serve: (call, ready) => runDevnet(call, ready, DEFAULTS),
  human: describeDevnet,
});
