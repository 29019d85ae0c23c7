import { fileURLToPath } from "node:url";
import { defineBench } from "../bench.ts";
import { EMPTY_PROCESS, processMs } from "./process-ms.ts";

const NEUROND = fileURLToPath(new URL("../../../../apps/cli/bin/neurond.mjs", import.meta.url));

/** What a person waits for who asks how something is called. */
export const cli = defineBench({
  name: "cli",
  rows: () => [
    {
      metric: "cli.help",
      unit: "ms",
      better: "lower",
      target: 300,
      measure: processMs(NEUROND, "--help"),
      reference: EMPTY_PROCESS,
    },
  ],
});
