import { defineBench } from "../bench.ts";
import { clientRows } from "./storage/client.ts";
import { openingRows } from "./storage/openings.ts";
import { sampleRows } from "./storage/samples.ts";
import { sweepRows } from "./storage/sweep.ts";

/** What storing, proving and fetching cost. */
export const storage = defineBench({
  name: "storage",
  rows: async (resources) => [
    ...openingRows(),
    ...(await sweepRows(resources)),
    ...(await clientRows(resources)),
    ...(await sampleRows(resources)),
  ],
});
