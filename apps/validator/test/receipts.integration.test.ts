import { verifySr25519Fast } from "@neurond/crypto";
import {
  CsvReader,
  csvUrl,
  type InvocationRow,
  invocationReader,
  parseProof,
  parseValidatorReport,
  reportUrl,
  verifyRowProof,
} from "@neurond/exports";
import { isOrganic, judgeOrganic, receiptUuid } from "@neurond/receipts";
import { SampleLedger } from "@neurond/testing/receipts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postReceipts } from "./support/post-receipts.ts";
import { Publishing } from "./support/publishing.ts";
import { honest, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, key, MINERS, World } from "./support/world.ts";

const [MINER, OTHER] = MINERS;
const LEDGER = "ab".repeat(16);

let world: World;
let publishing: Publishing;
const ledger = new SampleLedger(key(MINER));

beforeAll(async () => {
  world = await World.begin();
  const workloads = toyWorkload(new Map([[hotkey(MINER), honest]]));
  const exports = { sliceMinutes: 10, receiptsPerSlice: 40 };
  publishing = new Publishing(world, "//Validator1", { workloads, exports });
  await publishing.start();
  await publishing.node.announce();
  await world.serveMiners();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const post = (body: string, uri: string = MINER, signer = uri) =>
  postReceipts(publishing, body, uri, signer);

const standing = async (): Promise<unknown> =>
  (await publishing.get(`/audit/receipts/${hotkey(MINER)}`)).json();

/** The report and the organic rows of every published slice. */
async function published() {
  const base = publishing.node.url;
  const slices = [];
  for (const { path } of await publishing.listing()) {
    const report = parseValidatorReport(await (await fetch(reportUrl(base, path))).text());
    const reader = new CsvReader();
    const csv = await fetch(csvUrl(base, report.csv_exports?.invocations?.path ?? ""));
    const cells = [...reader.push(new Uint8Array(await csv.arrayBuffer())), ...reader.end()];
    const rows = cells.map(invocationReader(reader.header ?? [])).filter(isOrganic);
    slices.push({ stated: report.neurond?.statement?.receipts ?? [], rows });
  }
  return slices;
}

describe("receipts of a miner's proxy", () => {
  test("are taken once, from where the last ones ended", async () => {
    for (let n = 0; n < 12; n += 1) ledger.serve("//Caller", publishing.clock + n);
    expect(await standing()).toEqual({ ledgers: [] });
    expect(await post(await ledger.exported(0, 5))).toMatchObject({ status: 200, next: 5 });
    const known = { status: 409, code: "PROXY_RECEIPTS_TAKEN" };
    expect(await post(await ledger.exported(0, 5))).toMatchObject(known);
    expect(await post(await ledger.exported(3, 9))).toMatchObject(known);
    ledger.add({ from_ms: 1, kind: "gap", lost: 4, to_ms: 2, v: 1 });
    ledger.serve("//Caller", publishing.clock + 20);
    const both = await Promise.all(
      [ledger.exported(5), ledger.exported(5)].map(async (text) => post(await text)),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await standing()).toEqual({ ledgers: [{ ledger_id: LEDGER, next: 14 }] });
  });

  test("that are changed, of another ledger than before, of strangers or too many are refused", async () => {
    ledger.serve("//Caller", publishing.clock + 21);
    const text = await ledger.exported(14);
    const refused = { status: 422, code: "PROXY_RECEIPTS_INVALID" };
    const rewritten = new SampleLedger(key(MINER));
    for (let n = 0; n < 16; n += 1) rewritten.serve("//Eve", publishing.clock + n);
    expect(await post(await rewritten.exported(14))).toMatchObject(refused);
    expect(await post(text, OTHER)).toMatchObject(refused);
    expect(await post(text.replace('"status":200', '"status":201'))).toMatchObject(refused);
    expect(await post("{}\n")).toMatchObject(refused);
    const unsigned = { status: 401, code: "MINER_REPORT_UNSIGNED" };
    expect(await post(text, MINER, OTHER)).toMatchObject(unsigned);
    const stranger = new SampleLedger(key("//Nobody"));
    stranger.serve("//Caller", publishing.clock);
    expect(await post(await stranger.exported(0), "//Nobody")).toMatchObject(unsigned);
    const many = new SampleLedger(key(OTHER));
    for (let n = 0; n < 41; n += 1) many.serve("//Caller", publishing.clock + n);
    expect(await post(await many.exported(0), OTHER)).toMatchObject({
      status: 429,
      code: "PROXY_RECEIPTS_LATER",
    });
    expect(await standing()).toEqual({ ledgers: [{ ledger_id: LEDGER, next: 14 }] });
  });

  test("are rows of the next slice, each proven by itself and in the slice's tree, and of no later one", async () => {
    await publishing.minutesUntil(async () => (await publishing.listing()).length >= 2);
    const slices = await published();
    const rows = slices.flatMap((slice): readonly InvocationRow[] => slice.rows);
    // Thirteen requests; one of fourteen receipts says how many were lost.
    expect(rows).toHaveLength(13);
    for (const row of rows)
      expect(await judgeOrganic(row, verifySr25519Fast)).toMatchObject({
        kind: "proven",
        caller: "proven",
        ledgerId: LEDGER,
      });
    const range = { hotkey: hotkey(MINER), ledger_id: LEDGER, from: 0, to: 14, rows: 13 };
    expect(slices.flatMap(({ stated }) => stated)).toEqual([range]);
    const id = receiptUuid(hotkey(MINER), { ledgerId: LEDGER, index: 3 });
    const { proof, head } = parseProof(await (await publishing.get(`/audit/proof/${id}`)).text());
    expect([proof.kind, verifyRowProof(head, proof)]).toEqual(["present", true]);
  });

  test("make room for others once they are published", async () => {
    const before = (await publishing.listing()).length;
    for (let n = 0; n < 3; n += 1) ledger.serve("//Caller", publishing.clock + n);
    expect(await post(await ledger.exported(14))).toMatchObject({ status: 200, next: 18 });
    await publishing.minutesUntil(async () => (await publishing.listing()).length >= before + 2);
    const rows = (await published()).flatMap(({ stated }) =>
      stated.map(({ from, to }) => [from, to]),
    );
    expect(rows).toEqual([
      [0, 14],
      [14, 18],
    ]);
  });
});
