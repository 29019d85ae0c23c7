/** `node taker.ts <lock> <counter>`: does what its parent says, and tells what came of it. */
import { readFileSync, writeFileSync } from "node:fs";
import { type HeldLock, lock, tryLock } from "@neurond/files";

const [, , path = "", counter = ""] = process.argv;
const kept: HeldLock[] = [];

process.on("message", async (order: { readonly takers: number } | { readonly steps: number }) => {
  if ("takers" in order) {
    for (let taker = 0; taker < order.takers; taker += 1) {
      const held = tryLock(path);
      if (held !== undefined) kept.push(held);
    }
    process.send?.({ taken: kept.length });
    return;
  }
  for (let step = 0; step < order.steps; step += 1) {
    using _ = await lock(path, { patienceMs: 20_000, signal: AbortSignal.timeout(20_000) });
    const before = Number(readFileSync(counter, "utf8"));
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(counter, `${before + 1}`);
  }
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
