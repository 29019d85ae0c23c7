// `npm run fuzz:proxy -- --requests 200000 [--seed 1]`: exits 1 when anything unsigned got through.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runFuzz } from "./run-fuzz.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "200000" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
console.log(`fuzz: ${values.requests} requests, seed ${seed}`);
const result = await runFuzz(Number(values.requests), seed);
console.log(JSON.stringify(result));
const good = result.alive && result.forwarded + result.bytesBehind + result.faults === 0;
process.exitCode = good ? 0 : 1;
