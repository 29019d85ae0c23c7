import { defineBench } from "../../bench.ts";
import { coldStartRows } from "./cold-start.ts";
import { epochRows } from "./epoch.ts";
import { extrinsicRows } from "./extrinsics.ts";
import { metagraphRows } from "./metagraph.ts";
import { timelockRows } from "./timelock.ts";
import { watchRows } from "./watch.ts";

/** The limits of the chain client and the development chain. */
export const chain = defineBench({
  name: "chain",
  rows: async (resources) => [
    ...timelockRows(),
    ...(await metagraphRows(resources)),
    ...(await extrinsicRows(resources)),
    ...(await epochRows(resources)),
    ...(await watchRows(resources)),
    ...coldStartRows(),
  ],
});
