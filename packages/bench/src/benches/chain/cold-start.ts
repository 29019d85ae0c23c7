import type { Row } from "../../bench.ts";
import { EMPTY_PROCESS } from "../process-ms.ts";
import { DevnetProcess } from "./devnet-process.ts";

/** From the start of the process to the first answer: what a script waits that begins with a chain. */
export function coldStartRows(): readonly Row[] {
  return [
    {
      metric: "chain.devnet.coldStart",
      unit: "ms",
      better: "lower",
      target: 2_000,
      runs: 5,
      measure: async () => {
        const started = performance.now();
        await using _devnet = await DevnetProcess.start("--block-time", "12000");
        return performance.now() - started;
      },
      reference: EMPTY_PROCESS,
    },
  ];
}
