import { expect, test } from "vitest";
import { runFuzz } from "./run-fuzz.ts";

const REQUESTS = 2_000;
const SEED = 20_261_120;

test(`of ${REQUESTS} requests nobody signed, from seed ${SEED}, not a byte gets through`, async () => {
  expect(await runFuzz(REQUESTS, SEED)).toEqual({
    sent: REQUESTS,
    forwarded: 0,
    bytesBehind: 0,
    faults: 0,
    firstFault: null,
    alive: true,
  });
}, 60_000);
