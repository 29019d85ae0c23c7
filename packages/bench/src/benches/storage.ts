import { defineBench } from "../bench.ts";
import { openingRows } from "./storage/openings.ts";

/** What storing, proving and fetching cost. */
export const storage = defineBench({
  name: "storage",
  rows: () => [...openingRows()],
});
