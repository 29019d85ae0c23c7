import { defineBench } from "../../bench.ts";
import { epochRows } from "./epoch.ts";
import { timelockRows } from "./timelock.ts";

/** The limits of the chain client and the development chain. */
export const chain = defineBench({
  name: "chain",
  rows: async (resources) => [...timelockRows(), ...(await epochRows(resources))],
});
