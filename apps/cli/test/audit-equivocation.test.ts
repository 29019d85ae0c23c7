import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { encodeEntry } from "@neurond/ledger";
import { hotkeyOf, toHex, toNetuid, toRunId } from "@neurond/primitives";
import { inventoryDigest } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import { AuditEquivocationShape } from "../src/commands/audit/equivocation-schema.ts";
import { ProofCheckShape } from "../src/commands/proof/schemas.ts";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const key = keypairFromUri("//Validator1");
const validator = hotkeyOf(key.publicKey);
const miner = hotkeyOf(keypairFromUri("//Miner1").publicKey);
const netuid = toNetuid(2);

/** An inventory as the validator's log has it, on a line of its own. */
function inventoryEntry(count: number): string {
  const stated = { run: 7, count, total: 4096, hash: new Uint8Array(32).fill(count) };
  const signature = toHex(key.sign(inventoryDigest({ netuid, validator, miner, ...stated })));
  return encodeEntry({
    kind: "document",
    v: 1,
    netuid,
    validator,
    run_id: toRunId("run-7"),
    type: "storage-inventory/1",
    miner,
    body: { ...stated, hash: toHex(stated.hash), signature, prev_link: "", oldest_block: 1 },
  });
}

const files = async (texts: Readonly<Record<string, string>>) => {
  const directory = await temporaryDirectory();
  for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
  return (name: string) => join(directory, name);
};

test("two copies of a log that disagree give a proof that anybody checks without a network", async () => {
  const at = await files({
    "theirs.jsonl": `${inventoryEntry(3)}\n`,
    "ours.json": JSON.stringify({ texts: [inventoryEntry(4)] }),
  });
  const argv = ["audit", "equivocation", at("theirs.jsonl"), at("ours.json"), "--json"];
  const compared = await run([...argv, "--out", at("proofs")]);
  expect(compared.exitCode).toBe(1);
  const result = AuditEquivocationShape.parse(JSON.parse(compared.stdout));
  expect(result.found).toMatchObject([
    { kind: "inventory", signer: validator, sources: [at("theirs.jsonl"), at("ours.json")] },
  ]);
  const [file = ""] = await readdir(at("proofs"));
  const checked = await run(["proof", "check", join(at("proofs"), file), "--json"]);
  expect(checked.exitCode).toBe(0);
  expect(ProofCheckShape.parse(JSON.parse(checked.stdout))).toMatchObject({
    verdict: "proven",
    finding: "STORAGE_EQUIVOCATION",
    validator,
    miner,
  });
});

test("a log that says the same thing twice contradicts nothing", async () => {
  const at = await files({ "log.jsonl": `${inventoryEntry(3)}\n${inventoryEntry(3)}\n` });
  const answer = await run(["audit", "equivocation", at("log.jsonl"), "--json"]);
  expect(JSON.parse(answer.stdout)).toEqual({ verdict: "none", statements: 2, found: [] });
  expect(answer.exitCode).toBe(0);
});

test("what nobody signed accuses nobody", async () => {
  const forged = inventoryEntry(4).replace(/"signature":"0x../, '"signature":"0xff');
  const at = await files({ a: inventoryEntry(3), b: forged });
  const answer = await run(["audit", "equivocation", at("a"), at("b"), "--json"]);
  expect(JSON.parse(answer.stdout)).toMatchObject({ verdict: "none", statements: 2 });
});
