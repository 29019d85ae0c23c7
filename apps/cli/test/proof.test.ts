import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Chain, CommitmentField, CommitmentSeen } from "@neurond/chain";
import { keypairFromUri } from "@neurond/crypto";
import {
  buildReport,
  csvLine,
  csvPath,
  EMPTY_TREE,
  entryId,
  INVOCATION_COLUMNS,
  InvocationTree,
  invocationCells,
  parseTimestamp,
  proofJson,
  reportPath,
  treeRows,
} from "@neurond/exports";
import { hotkeyOf, toBlockNumber } from "@neurond/primitives";
import { decodeReceipt, ExportHeader, organicRow, proveEach } from "@neurond/receipts";
import { SampleLedger } from "@neurond/testing/receipts";
import { expect, onTestFinished, test } from "vitest";
import { run } from "./run.ts";
import { temporaryDirectory } from "./temporary.ts";

const VALIDATOR = hotkeyOf(new Uint8Array(32).fill(7));
const BLOCK = 500;
const END = parseTimestamp("2026-01-02T15:00:00") ?? 0;
const id = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`;

const miner = keypairFromUri("//Bob");
const MINER = hotkeyOf(miner.publicKey);

/** Cells of a request through a miner's proxy. */
async function organicCells(): Promise<readonly string[]> {
  const ledger = new SampleLedger(miner);
  ledger.serve("//Alice", 1_790_000_000_000);
  const [head = "", ...texts] = (await ledger.exported(0)).trimEnd().split("\n");
  const [proven] = await proveEach(ExportHeader.parse(JSON.parse(head)), texts);
  const receipt = decodeReceipt(texts[0] ?? "");
  if (proven === undefined || receipt?.kind !== "request") throw new Error("no request");
  return invocationCells(organicRow(MINER, receipt, proven));
}

const organic = await organicCells();
const ORGANIC_ID = organic[1] ?? "";
const FALSE_ID = id("9");
const rows = [
  ...["2", "4", "6"].map((digit) =>
    INVOCATION_COLUMNS.map((name) => (name === "invocation_id" ? id(digit) : `${name} ${digit}`)),
  ),
  organic,
  organic.map((cell, at) => (INVOCATION_COLUMNS[at] === "invocation_id" ? FALSE_ID : cell)),
];
const csv = Buffer.from([INVOCATION_COLUMNS, ...rows].map(csvLine).join(""));
const tree = new InvocationTree(rows.map(treeRows(INVOCATION_COLUMNS)));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const report = buildReport({
  end: END,
  instanceAudit: [],
  computeHistory: [],
  csvSha256: { invocations: sha256(csv), reports: sha256(csv), jobs: sha256(csv) },
  tree: tree.head,
  previous: null,
});
const path = reportPath("validator", VALIDATOR, BLOCK);
const entry = {
  entry_id: entryId(VALIDATOR, BLOCK),
  netuid: 2,
  hotkey: VALIDATOR,
  block: BLOCK,
  path,
  start_time: "2026-01-02T14:00:00",
  end_time: "2026-01-02T15:00:00",
};

async function proofText(invocation: string, stated = entry): Promise<string> {
  const proof = await tree.prove(invocation);
  return JSON.stringify({ entry: stated, ...JSON.parse(proofJson({ head: tree.head, proof })) });
}

/** A validator that serves this one slice, with what a test changes about it. */
async function validator(
  changed: { readonly csv?: Uint8Array; readonly report?: Uint8Array } = {},
) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const [, asked] = /^\/audit\/proof\/(.+)$/.exec(url.pathname) ?? [];
    if (asked !== undefined) response.end(await proofText(asked));
    else if (url.searchParams.get("path") === path) response.end(changed.report ?? report.bytes);
    else if (url.pathname.endsWith(csvPath("invocations", END).replace("invocations/", "")))
      response.end(changed.csv ?? csv);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const chain = (
  fields: readonly CommitmentField[] = report.fields,
  finalized = 600,
): Partial<Chain> => ({
  head: async () => ({ number: toBlockNumber(finalized), hash: "0x00", parentHash: "0x00" }),
  blockCommitments: async ({ block, netuid }) => {
    const about = { netuid, block, blockHash: "0x00" } as const;
    const seen: CommitmentSeen = {
      ...about,
      hotkey: VALIDATOR,
      fields,
      extrinsicIndex: 1,
      extrinsicHash: "0x00",
    };
    const isThere = block === BLOCK && netuid === 2;
    return { ...about, timeMs: undefined, isConfirmed: true, commitments: isThere ? [seen] : [] };
  },
});

const check = async (argv: readonly string[], situation: Parameters<typeof run>[1] = {}) => {
  const answer = await run(["proof", "check", ...argv, "--json"], { chain: chain(), ...situation });
  const value = JSON.parse(answer.stdout || answer.stderr) as Readonly<Record<string, unknown>>;
  return { exitCode: answer.exitCode, ...value } as Readonly<Record<string, unknown>>;
};

test("a row that was committed to is proven, and shown", async () => {
  const url = await validator();
  expect(await check([id("4"), "--url", url])).toMatchObject({
    exitCode: 0,
    verdict: "present",
    order: "needless",
    rows: 5,
    row: { invocation_id: id("4"), miner_hotkey: "miner_hotkey 4" },
  });
  const people = await run(["proof", "check", id("4"), "--url", url], { chain: chain() });
  expect(people.stdout).toMatch(/proven: the validator committed to this row/);
});

test("a request through a miner's proxy is proven by the receipt in its row, a false one told of", async () => {
  const url = await validator();
  expect(await check([ORGANIC_ID, "--url", url])).toMatchObject({
    exitCode: 0,
    verdict: "present",
    receipt: {
      verdict: "proven",
      caller: hotkeyOf(keypairFromUri("//Alice").publicKey),
      caller_proof: "proven",
      request_id: "request-0",
    },
  });
  expect(await check([FALSE_ID, "--url", url])).toMatchObject({
    exitCode: 1,
    verdict: "present",
    receipt: { verdict: "false", reason: "it says something else than its receipt" },
  });
  expect(await check([id("4"), "--url", url])).toMatchObject({ receipt: null });
  const people = await run(["proof", "check", ORGANIC_ID, "--url", url], { chain: chain() });
  expect(people.stdout).toMatch(/receipt +proven: the miner signed for this request/);
});

test("an absent row is proven absent; that rows stand in order takes the whole table", async () => {
  const url = await validator();
  expect(await check([id("5"), "--url", url])).toMatchObject({
    exitCode: 1,
    verdict: "absent",
    order: "assumed",
  });
  expect(await check([id("5"), "--url", url, "--absent", "--full"])).toMatchObject({
    exitCode: 0,
    verdict: "absent",
    order: "checked",
  });
});

test("a table in which one byte differs is found out by --full", async () => {
  const other = Buffer.from(csv);
  other[other.length - 4] = 55;
  expect(await check([id("4"), "--full", "--url", await validator({ csv: other })])).toMatchObject({
    exitCode: 1,
    verdict: "unproven",
    reason: "the table is another than the report names",
  });
});

test("nothing is proven by a report that the hotkey did not commit to, or not in that block", async () => {
  const url = await validator();
  const other = [{ kind: "sha-256", hash: new Uint8Array(32) }] as const;
  expect(await check([id("4"), "--url", url], { chain: chain(other) })).toMatchObject({
    exitCode: 1,
    reason: "the hotkey did not commit to this report in that block",
  });
  expect(await check([id("4"), "--url", url], { chain: chain(report.fields, 499) })).toMatchObject({
    exitCode: 1,
    reason: "block 500 is not final yet; the last one is 499",
  });
  const [digest] = report.fields;
  const foreign = [
    ...(digest ? [digest] : []),
    { kind: "raw", bytes: Buffer.from(`neurond/rows/v1:9:${"ab".repeat(32)}`) } as const,
  ];
  expect(await check([id("4"), "--url", url], { chain: chain(foreign) })).toMatchObject({
    reason: "the commitment names another tree than the report",
  });
});

test("nothing is proven by a report over other rows", async () => {
  const bytes = buildReport({
    end: END,
    instanceAudit: [],
    computeHistory: [],
    csvSha256: { invocations: sha256(csv), reports: sha256(csv), jobs: sha256(csv) },
    tree: EMPTY_TREE,
    previous: null,
  });
  const url = await validator({ report: bytes.bytes });
  expect(await check([id("4"), "--url", url], { chain: chain(bytes.fields) })).toMatchObject({
    verdict: "unproven",
    reason: "the report names another tree than the proof",
  });
});

test("a proof from a file is judged the same, and one about another request or altered is none", async () => {
  const url = await validator();
  const file = join(await temporaryDirectory(), "proof.json");
  await writeFile(file, await proofText(id("2")));
  expect(await check([file, "--url", url])).toMatchObject({ exitCode: 0, verdict: "present" });
  await writeFile(file, (await proofText(id("2"))).replaceAll("miner_uid 2", "miner_uid 3"));
  expect(await check([file, "--url", url])).toMatchObject({
    exitCode: 1,
    reason: "the proof does not lead to the root it names",
  });
  await writeFile(file, "{}");
  expect(await check([file, "--url", url])).toMatchObject({ exitCode: 2 });
});

test("somebody else's word, a missing address and a missing proof say so", async () => {
  const url = await validator();
  const other = hotkeyOf(new Uint8Array(32).fill(8));
  expect(await check([id("4"), "--url", url, "--hotkey", other])).toMatchObject({ exitCode: 2 });
  expect(await check([id("4")])).toMatchObject({ exitCode: 2 });
  expect(await check([id("4"), "--url", `${url}elsewhere`])).toMatchObject({ exitCode: 3 });
});
