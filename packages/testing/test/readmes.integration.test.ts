import { runReadme } from "@neurond/testing/readme";
import { expect, test } from "vitest";

/** What each example prints; the packages whose example needs a chain have a test of their own. */
const EXAMPLES: readonly (readonly [name: string, prints: RegExp])[] = [
  ["admission", /^true\nfalse\ntrue 1 19\n$/],
  ["blob-store", /^week\/23 21\nnothing\n$/],
  ["consensus", /^true 812345\n[\s\S]*uid: 0, value: 28086[\s\S]*uid: 3, value: 65535/],
  ["crypto", /^5Grwva\S+ true\n0x[0-9a-f]+\n$/],
  ["epistula", /kind: 'admitted'[\s\S]*code: 'REPLAY'/],
  ["erasure", /Uint8Array\(3\) \[ 1, 2, 3 \], Uint8Array\(3\) \[ 4, 5, 6 \]/],
  [
    "incentive",
    /uid: 1, value: 32768[\s\S]*uid: 2, value: 65535[\s\S]*\[ {2}1\]: 0\.33333 vs actual 0\.30518, delta 0\.02815\n[\s\S]*false\n$/,
  ],
  ["exports", /^1 absent true\n$/],
  ["fairness", /^30\n$/],
  ["gen-exports", /^\d+ true\n$/],
  ["ledger", /\ntrue\n$/],
  ["primitives", /^0x[0-9a-f]{64}\n19066596\n$/],
  ["receipts", /^gap\n$/],
  ["registry", /^miner\.example:8443\n\[ 'private-address' \]\nlists are refused: .*\n$/],
  ["statements", /^SHAPE\n$/],
  ["storage-client", /^$/],
  [
    "storage-rules",
    /^201 62 99 225 139 159 182 232 234 40\n661686409 613096588\n33084320 30654829\n$/,
  ],
  ["synthetics", /It depends on[\s\S]*kind: 'traced'[\s\S]*omission unknown/],
  ["updater", /^true\n$/],
  ["warehouse", /minerHotkey: '5GrwvaEF…'[\s\S]*units: 1200000000000000000n/],
  ["webhooks", /^auditor: 1 alert[\s\S]*DIGEST_MISMATCH: hour 14\n$/],
  ["weight-keeper", /^true\ntrue\n$/],
  ["workload", /^\{ kind: 'passed' \}\n[\s\S]*EVIDENCE_MALFORMED/],
  ["workload-storage", /^\d+ null\n$/],
];

test.each(EXAMPLES)("the example in the README of %s runs", async (name, prints) => {
  const { stdout, stderr } = await runReadme(new URL(`../../${name}/`, import.meta.url));
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(prints), stderr: "" });
});
