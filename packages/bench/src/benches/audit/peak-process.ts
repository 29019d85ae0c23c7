// Loads a week into a window and prints the most megabytes it took: <directory> <list of entries>.
import { readFile, rm } from "node:fs/promises";
import { peakRssBytes } from "@neurond/testing/memory";
import { openWarehouse, usage } from "@neurond/warehouse";
import { loadWeek } from "./load-week.ts";

const [directory = "", list = ""] = process.argv.slice(2);
await rm(directory, { recursive: true, force: true });
await using warehouse = await openWarehouse({ directory });
await loadWeek(warehouse, JSON.parse(await readFile(list, "utf8")));
await usage(warehouse);
console.log(peakRssBytes() / 1e6);
