import { createReadStream } from "node:fs";
import type { Chain } from "@neurond/chain";
import { CodedError, toBlockNumber, toNetuid } from "@neurond/primitives";
import type { ChainFacts, SelectionRecord } from "@neurond/storage-rules";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import type { AuditUidsShape } from "./schemas.ts";
import { VPERMIT_OPTION, vpermitLimitOf } from "./settings.ts";

type Result = z.infer<typeof AuditUidsShape>;
type Fault = NonNullable<Result["fault"]>;
type FactsOf = (record: SelectionRecord) => Promise<ChainFacts | undefined>;

/** `neurond audit uids` */
export const auditUids = defineAction<Result>({
  name: "uids",
  summary: "draw the miners of a storage validator's event log again",
  description:
    "Every line is held against its digest and the line before it, and every selection is drawn again from what it says it was drawn from; the first that comes out otherwise ends the audit. Files that were set aside may be given in order on stdin. With --on-chain the block hash and the candidates are compared with the chain as well, which takes an endpoint that keeps old blocks. Exits 1 on a mismatch, 5 when the log has no selection.",
  args: [{ flags: "<file>", description: "an event log (events.jsonl), - for stdin" }],
  options: [
    { flags: "--on-chain", description: "compare hashes and candidates with the chain" },
    VPERMIT_OPTION,
  ],
  shared: [...CHAIN_OPTIONS],
  examples: [
    "neurond audit uids events.jsonl",
    "neurond audit uids events.jsonl --on-chain -n archive --json",
  ],
  schema: async () => (await import("./schemas.ts")).AuditUidsShape,
  run: (call) => {
    if (!call.on("on-chain")) return auditLog(call, async () => undefined);
    return withChain(call, async (chain) => auditLog(call, await factsFrom(chain, call)));
  },
  human: ({ verdict, checked, others, line, fault, block, digest }, view) =>
    view.pairs([
      ["verdict", verdict],
      ["checked", `${checked} selections, ${others} other lines`],
      ["line", line === null ? undefined : String(line)],
      ["fault", fault ?? undefined],
      ["block", block === null ? undefined : String(block)],
      ["digest", digest ?? undefined],
    ]),
  exitCode: ({ verdict }) => (({ holds: 0, mismatch: 1, empty: 5 }) as const)[verdict],
});

async function auditLog(call: Call, factsOf: FactsOf): Promise<Result> {
  const { checkSelection, openLine, SelectionRecord, TaskEvent } = await import(
    "@neurond/storage-rules"
  );
  const { readLines } = await import("@neurond/storage-rules/io");
  const tally = { checked: 0, others: 0 };
  let digest: string | null = null;
  const onChain = call.on("on-chain");
  const mismatch = (line: number, fault: Fault, block: number | null): Result => {
    return { verdict: "mismatch", ...tally, onChain, line, fault, block, digest };
  };
  for await (const { number, text } of readLines(bytesOf(call))) {
    const line = openLine(text);
    if (line === null) return mismatch(number, "DIGEST", null);
    if (digest !== null && line.prev !== digest) return mismatch(number, "ORDER", null);
    digest = line.digest;
    if (TaskEvent.safeParse(line.record).success) {
      tally.others += 1;
      continue;
    }
    const record = SelectionRecord.safeParse(line.record);
    if (!record.success) return mismatch(number, "SHAPE", null);
    const fault = checkSelection(record.data, await factsOf(record.data));
    if (fault !== null) return mismatch(number, fault, record.data.block);
    tally.checked += 1;
  }
  const verdict = tally.checked === 0 ? "empty" : "holds";
  return { verdict, ...tally, onChain, line: null, fault: null, block: null, digest };
}

/** What the chain says, asked once for selections of one block that follow each other. */
async function factsFrom(chain: Chain, call: Call): Promise<FactsOf> {
  const { candidateUids } = await import("@neurond/storage-rules");
  const vpermitLimit = vpermitLimitOf(call);
  let last: { readonly key: string; readonly facts: ChainFacts } | undefined;
  return async ({ netuid, block }) => {
    const key = `${netuid}/${block}`;
    if (last?.key === key) return last.facts;
    const id = { netuid: toNetuid(netuid) };
    const { blockHash, neurons } = await chain.metagraph(id, { at: toBlockNumber(block) });
    const facts = { blockHash, candidates: candidateUids(neurons, { vpermitLimit }) };
    last = { key, facts };
    return facts;
  };
}

async function* bytesOf(call: Call): AsyncGenerator<Uint8Array> {
  const file = call.args[0] ?? "-";
  const source = file === "-" ? call.stdin : createReadStream(file, { signal: call.signal });
  try {
    yield* source;
  } catch (cause) {
    call.signal.throwIfAborted();
    const message = `the file ${file} cannot be read`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { file }, { cause });
  }
}
