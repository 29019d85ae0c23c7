import { createHash } from "node:crypto";
import { MerkleBuilder, RFC6962 } from "@neurond/crypto";
import { canonicalJson } from "@neurond/primitives";
import { checkCaller, decodeReceipt, encodeReceipt, type RequestReceipt } from "@neurond/receipts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { receiptOf } from "../../src/receipts/receipt-of.ts";
import {
  idKey,
  indexEntry,
  nodeOffset,
  placeInSegment,
  placesOf,
  SEGMENT_SIZE,
  textOffset,
} from "../../src/receipts/segment-shape.ts";
import { RECEIPT_TREE, receiptLeaf } from "../../src/receipts/tree.ts";
import type { Ending } from "../../src/served.ts";
import { exchangeOf } from "../upstream/exchange.ts";
import { ALICE, FORWARDED, heldOf, MINER, receiptNumber, servedRequest } from "./samples.ts";

async function receiptFor(...how: Parameters<typeof servedRequest>): Promise<RequestReceipt> {
  const receipt = receiptOf(await servedRequest(...how), 1_790_000_000_123.7);
  if (receipt === null) throw new Error("no receipt");
  return receipt;
}

const DENIED: Ending = {
  kind: "denied",
  denial: { policy: "upstream", deny: { status: 503, code: "QUEUE_FULL", detail: "full" } },
};

test("a receipt says who asked for what, what came back, and when", async () => {
  const receipt = await receiptFor();
  expect(receipt).toMatchObject({
    caller: { hotkey: ALICE, receiver: MINER, scheme: "epistula/2", uid: null },
    method: "POST",
    target: "/inference?seed=7",
    target_sha256: createHash("sha256").update("/inference?seed=7").digest("hex"),
    request: { bytes: 18, sha256: createHash("sha256").update('{"prompt":"a cat"}').digest("hex") },
    response: { bytes: 6, sha256: createHash("sha256").update("pixels").digest("hex") },
    status: 200,
    outcome: "forwarded",
    upstream: "inference",
    ended_ms: 1_790_000_000_124,
    queued_ms: 2,
    first_byte_ms: 12,
  });
});

test("the evidence is the signature's headers and nothing else of what was sent", async () => {
  const receipt = await receiptFor({ schemes: ["epistula"], dialect: "superset" });
  const names = receipt.proof?.map(([name]) => name.toLowerCase()) ?? [];
  expect(names).toContain("epistula-request-signature");
  expect(names.filter((name) => name.includes("secret"))).toEqual([]);
  expect(names).not.toContain("cookie");
  const bearer = exchangeOf({ headers: [["Authorization", "Bearer hunter2"]] });
  bearer.principal = (await servedRequest()).exchange.principal;
  const leaked = receiptOf({ exchange: bearer, ending: FORWARDED, held: null, totalMs: 1 }, 1);
  expect(JSON.stringify(leaked)).not.toContain("hunter2");
});

test("a parked request has the status its client saw and the one nobody did", async () => {
  if (FORWARDED.kind !== "forwarded") throw new Error("not forwarded");
  const parked = { kind: "parked", upstream: "inference", forwarded: FORWARDED.forwarded } as const;
  expect(await receiptFor({ schemes: ["btauth"] }, parked)).toMatchObject({
    outcome: "parked",
    status: 202,
    upstream_status: 200,
    caller: { scheme: "btauth/1", covers_target: true },
  });
});

test("what was turned away leaves a receipt when its caller was proven, else none", async () => {
  expect(await receiptFor({ schemes: ["epistula"] }, DENIED)).toMatchObject({
    outcome: "denied",
    code: "QUEUE_FULL",
    status: 503,
    upstream: null,
    response: { bytes: 0, sha256: null },
  });
  const stranger = { exchange: exchangeOf(), held: heldOf(""), totalMs: 1 };
  expect(receiptOf({ ...stranger, ending: DENIED }, 1)).toBeNull();
  expect(receiptOf({ ...stranger, ending: { kind: "answered", status: 200 } }, 1)).toBeNull();
  expect(receiptOf({ ...stranger, ending: FORWARDED }, 1)).toMatchObject({
    caller: null,
    target: null,
  });
});

test("the text of a receipt is canonical, and reading it gives it back", async () => {
  const receipts = [
    await receiptFor(),
    await receiptFor({ schemes: ["btauth", "epistula"], dialect: "superset", binding: true }),
    await receiptFor({ schemes: ["btauth"] }, DENIED),
    receiptNumber(1),
    { from_ms: 1, kind: "gap", lost: 2, to_ms: 3, v: 1 } as const,
  ];
  for (const receipt of receipts) {
    const text = encodeReceipt(receipt);
    expect(text).toBe(canonicalJson(receipt));
    expect(decodeReceipt(text)).toEqual(receipt);
  }
});

test("a text that is not exactly a receipt's is none", () => {
  const text = encodeReceipt(receiptNumber(1));
  for (const other of [
    "",
    "{}",
    "null",
    ` ${text}`,
    text.replace('"v":1', '"v":2'),
    text.replace('"v":1', '"v":1,"x":1'),
    text.replace('"kind":"request",', ""),
    text.replace('"code":null,', "").replace("{", '{"code":null,'),
    text.replace('"status":200', '"status":200.5'),
  ])
    expect(decodeReceipt(other), other.slice(0, 40)).toBeNull();
});

test.each([
  { schemes: ["epistula"], dialect: "v2" },
  { schemes: ["epistula"], dialect: "dippy" },
  { schemes: ["epistula"], dialect: "superset", binding: true },
  { schemes: ["btauth"] },
] as const)("a receipt proves offline that its caller asked: %j", async (how) => {
  const receipt = await receiptFor(how as Parameters<typeof servedRequest>[0]);
  expect(await checkCaller(receipt)).toBe("proven");
  const { caller, proof } = receipt;
  if (caller === null || proof === null) throw new Error("no caller");
  const forgeries: RequestReceipt[] = [
    { ...receipt, request: { ...receipt.request, sha256: "00".repeat(32) } },
    { ...receipt, caller: { ...caller, hotkey: MINER } },
    { ...receipt, caller: { ...caller, nonce: "1790000000000000000" } },
    { ...receipt, caller: { ...caller, signed_ms: caller.signed_ms + 1 } },
    { ...receipt, proof: [] },
    { ...receipt, proof: null },
    ...(caller.covers_target ? [{ ...receipt, target: "/train" }] : []),
  ];
  for (const forgery of forgeries) expect(await checkCaller(forgery)).toBe("disproven");
});

test("what nobody signed, or only with the body at hand, is not called proven", async () => {
  const receipt = await receiptFor();
  const { caller } = receipt;
  if (caller === null) throw new Error("no caller");
  expect(await checkCaller({ ...receipt, caller: null })).toBe("anonymous");
  expect(await checkCaller({ ...receipt, caller: { ...caller, scheme: "epistula/1" } })).toBe(
    "unprovable",
  );
});

test("a receipt's leaf is that of RFC 6962 over its domain and its text", () => {
  const texts = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(texts, (text) => {
      const content = Buffer.from(`neurond/receipt/v1\n${text}`);
      expect(Buffer.from(receiptLeaf(text))).toEqual(Buffer.from(RFC6962.leaf(content)));
      expect(Buffer.from(RECEIPT_TREE.leaf(content))).toEqual(Buffer.from(RFC6962.leaf(content)));
    }),
  );
});

test("a node's hash is found where a growing tree has written it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (size) => {
      const tree = new MerkleBuilder(RECEIPT_TREE);
      const written: Uint8Array[] = [];
      for (let n = 0; n < size; n += 1) {
        for (const node of tree.append(RECEIPT_TREE.leaf(Buffer.from([n & 255, n >> 8])))) {
          expect(nodeOffset(node)).toBe(written.length * 32);
          written.push(node.hash);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test("a place in the whole tree is a segment's and one in it", () => {
  expect(placeInSegment({ level: 0, index: SEGMENT_SIZE * 3 + 5 })).toEqual({
    segment: 3,
    place: { level: 0, index: 5 },
  });
  expect(placeInSegment({ level: 13, index: 7 })).toEqual({
    segment: 3,
    place: { level: 13, index: 1 },
  });
});

test("an index finds every receipt of an id, the newest first, and where each text begins", () => {
  const ids = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });
  fc.assert(
    fc.property(ids, (all) => {
      const index = Buffer.concat(all.map((id, n) => indexEntry(id, n * 1_000_003)));
      for (const id of ["a", "b", "c", "d"]) {
        const expected = all.flatMap((other, n) => (other === id ? [n] : [])).reverse();
        expect(placesOf(index, idKey(id))).toEqual(expected);
      }
      for (const n of all.keys()) expect(textOffset(index, n)).toBe(n * 1_000_003);
    }),
  );
});
