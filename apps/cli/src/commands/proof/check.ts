import { writeFile } from "node:fs/promises";
import {
  CodedError,
  type Netuid,
  parseHotkey,
  toBlockNumber,
  toHex,
  toNetuid,
} from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { View } from "../../output.ts";
import type { Entry, PublishedProof } from "./published.ts";
import type { CheckedEvidence, CheckedInvocation, ProofCheckShape } from "./schemas.ts";

type Checked = z.infer<typeof ProofCheckShape>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `neurond proof check` */
export const checkProof = defineAction<Checked>({
  name: "check",
  summary: "check that an invocation is among those a validator committed to, or an evidence file",
  description:
    "Follows the proof from the row to the tree, from there to the report, and from the report's digest to the commitment on chain. Nothing the validator says is believed that this does not show. Of a request through a miner's proxy, the signed receipt in the row is checked as well. Exits 0 when the invocation is proven to be there (with --absent: not to be there) and no receipt is false, else 1. An evidence file of an auditor or of `audit equivocation` is checked as it stands, without a network; exits 0 when it is not refused.",
  args: [
    {
      flags: "<invocation>",
      description: "an invocation id, a file with a proof or evidence, or - for stdin",
    },
  ],
  options: [
    { flags: "--url <url>", description: "the validator's API" },
    { flags: "--hotkey <ss58>", description: "the validator whose word is wanted" },
    { flags: "--entry <id>", description: "the slice, by its entry_id in /audit/" },
    { flags: "--absent", description: "expect that the invocation is not there" },
    { flags: "--full", description: "download the slice's table too, and check its order of rows" },
    { flags: "--out <file>", description: "keep the proof" },
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  examples: [
    "neurond proof check 86364812-0b02-5514-81a7-76ca41574292 --url https://validator.example -n finney",
    "neurond proof check proof.json --url https://validator.example --json",
    "neurond proof check run-7-STORAGE_EQUIVOCATION-1f2e3d4c5b6a.json",
  ],
  schema: async () => (await import("./schemas.ts")).ProofCheckShape,
  run: async (call) => {
    const given = await readFileOf(call);
    const evidence = given === null ? undefined : evidenceIn(given);
    if (evidence !== undefined) {
      return await (await import("./check-evidence-file.ts")).checkEvidenceFile(evidence);
    }
    const { fetchReport } = await import("./published.ts");
    const { judgeProof } = await import("./judge-proof.ts");
    const { sha256Hex } = await import("./sha256.ts");
    const base = urlOf(call);
    const [subject = "-"] = call.args;
    const wanted = given === null ? subject : null;
    const published = await proofOf(call, base, given ?? { id: subject });
    const { entry, head, proof } = published;
    const netuid = netuidFor(call, entry);
    requireHotkey(call, entry);
    const report = await fetchReport(base, entry.path, call.signal);
    const found = await committedIn(call, netuid, entry);
    const verdict = judgeProof({ wanted, head, proof, report, commitments: found.commitments });
    const order =
      verdict.kind === "unproven" ? SKIPPED : await orderOf(call, base, report, published);
    const reason = found.reason ?? verdict.reason ?? order.reason;
    const isThere = reason === null && proof.kind === "present";
    const cells = isThere ? cellsOf(proof.leaf.content) : null;
    return {
      verdict: reason === null ? verdict.kind : "unproven",
      expected: call.on("absent") ? "absent" : "present",
      invocation: proof.invocationId,
      reason,
      hotkey: entry.hotkey,
      netuid,
      block: entry.block,
      start: entry.start_time,
      end: entry.end_time,
      rows: head.size,
      root: toHex(head.root).slice(2),
      report: sha256Hex(report),
      order: order.kind,
      row: cells && (await rowOf(cells)),
      receipt: cells && (await (await import("./check-receipt.ts")).checkReceipt(cells)),
    };
  },
  human: (checked, view) =>
    "finding" in checked ? evidenceText(checked, view) : invocationText(checked, view),
  exitCode: (checked) => {
    if ("finding" in checked) return checked.verdict === "refused" ? 1 : 0;
    const { verdict, expected, receipt } = checked;
    return verdict === expected && receipt?.verdict !== "false" ? 0 : 1;
  },
});

function evidenceText(checked: CheckedEvidence, view: View): string {
  return view.pairs([
    ["verdict", checked.verdict],
    ["finding", checked.finding ?? undefined],
    ["validator", checked.validator ?? undefined],
    ["miner", checked.miner ?? undefined],
    ["what", checked.summary ?? undefined],
    ["refused", checked.reason ?? undefined],
    ...checked.onChain.map((text): [string, string] => ["look up on chain", text]),
  ]);
}

function invocationText(checked: CheckedInvocation, view: View): string {
  return view.pairs([
    ["verdict", VERDICTS[checked.verdict]],
    ["why not", checked.reason ?? undefined],
    ["invocation", checked.invocation],
    ["slice", `${checked.start} to ${checked.end}, ${checked.rows} invocations`],
    ["committed by", `${checked.hotkey} in block ${checked.block}`],
    ["order of rows", checked.order === "assumed" ? "taken on trust; --full checks it" : undefined],
    ["receipt", checked.receipt === null ? undefined : receiptText(checked.receipt)],
    ...Object.entries(checked.row ?? {}).map(([name, cell]): [string, string | undefined] => [
      name,
      cell === "" || (name === "metrics" && checked.receipt) ? undefined : cell,
    ]),
  ]);
}

/** The text of the file that is to be checked; null when an invocation is named instead. */
async function readFileOf(call: Call): Promise<{ readonly text: string } | null> {
  const [subject = "-"] = call.args;
  if (UUID.test(subject)) return null;
  return { text: new TextDecoder().decode(await readInput(call, subject)) };
}

/** What is in the file when it is evidence of a finding; undefined for any other file. */
function evidenceIn({ text }: { readonly text: string }): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isEvidence = typeof value === "object" && value !== null && "claim" in value;
    return isEvidence ? value : undefined;
  } catch {
    return undefined;
  }
}

function receiptText({
  verdict,
  reason,
  caller,
  caller_proof,
}: NonNullable<CheckedInvocation["receipt"]>) {
  if (verdict === "false") return `FALSE: ${reason}`;
  const by = caller_proof === "proven" ? `${caller}, which signed it` : (caller ?? "nobody known");
  return `proven: the miner signed for this request, asked by ${by}`;
}

const VERDICTS = {
  present: "proven: the validator committed to this row",
  absent: "proven: the validator committed to rows without this invocation",
  unproven: "not proven",
} as const;

/** What is known of the order of rows, and what is wrong with it. */
interface Order {
  readonly kind: CheckedInvocation["order"];
  readonly reason: string | null;
}

const SKIPPED: Order = { kind: "needless", reason: null };

async function orderOf(
  call: Call,
  base: URL,
  report: Uint8Array,
  { head, proof }: PublishedProof,
): Promise<Order> {
  if (!call.on("full")) {
    return proof.kind === "present" ? SKIPPED : { kind: "assumed", reason: null };
  }
  const { checkOrder } = await import("./check-order.ts");
  const checking = checkOrder(base, report, head, call.signal);
  return { kind: "checked", reason: await call.progress("reading the whole table", checking) };
}

async function proofOf(
  call: Call,
  base: URL,
  subject: { readonly text: string } | { readonly id: string },
): Promise<PublishedProof> {
  const { fetchProof, readProof } = await import("./published.ts");
  const text =
    "text" in subject
      ? subject.text
      : await fetchProof(base, { ...subject, entry: call.given("entry") }, call.signal);
  const published = readProof(text);
  const out = call.given("out");
  if (out !== undefined) await writeFile(out, text);
  return published;
}

/** What the hotkey committed to in the block, and why that is not enough, if it is not. */
async function committedIn(call: Call, netuid: Netuid, { block, hotkey }: Entry) {
  return withChain(call, async (chain) => {
    const { number: finalized } = await chain.head({ at: "finalized", signal: call.signal });
    if (finalized < block) {
      return {
        commitments: [],
        reason: `block ${block} is not final yet; the last one is ${finalized}`,
      };
    }
    const at = { block: toBlockNumber(block), netuid };
    const found = await chain.blockCommitments(at, { signal: call.signal });
    if (!found.isConfirmed)
      call.note("the node has lost that block's events: the call was signed and included");
    const own = found.commitments.filter((one) => one.hotkey === hotkey);
    return { commitments: own.map(({ fields }) => fields), reason: null };
  });
}

function urlOf(call: Call): URL {
  const text = call.given("url") ?? "";
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new CodedError<UsageCode>(
    "USAGE",
    "give --url, the http or https address of the validator",
  );
}

function netuidFor(call: Call, { netuid }: Entry): Netuid {
  const given = call.integer("netuid", { min: 0, max: 65_535 }) ?? netuid;
  if (given !== undefined) return toNetuid(given);
  throw new CodedError<UsageCode>("USAGE", "give --netuid: the proof does not name its subnet");
}

/** Somebody else's commitment proves nothing about the validator that was asked for. */
function requireHotkey(call: Call, { hotkey }: Entry): void {
  const wanted = call.given("hotkey");
  if (wanted === undefined || parseHotkey(wanted) === hotkey) return;
  throw new CodedError<UsageCode>("INPUT_INVALID", `the proof is of ${hotkey}, not of ${wanted}`);
}

/** The cells behind a leaf; it is proven, so it has them. */
function cellsOf(content: string): readonly string[] {
  const [, ...cells] = JSON.parse(content) as readonly string[];
  return cells;
}

/** Cells by columns. */
async function rowOf(cells: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { INVOCATION_COLUMNS } = await import("@neurond/exports");
  return Object.fromEntries(INVOCATION_COLUMNS.map((name, at) => [name, cells[at] ?? ""]));
}
