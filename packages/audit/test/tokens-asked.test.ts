import { encodeEntry, encodeLogCommitment } from "@neurond/ledger";
import { toBlockNumber, toRunId } from "@neurond/primitives";
import { TokenTask } from "@neurond/workload-storage/token";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenWorld } from "../../workload-storage/test/token/token-world.ts";
import { checkEvidence, sealEvidence } from "../src/evidence.ts";
import { tokenFindings } from "../src/period/token-findings.ts";
import { type LogIndex, WindowedLog } from "../src/period/windowed-log.ts";
import { auditor, hotkeyFor, miners, validators } from "./people.ts";
import { TOKEN_FORGERIES } from "./token-forgeries.ts";
import { netuid, tools } from "./world.ts";

const RUN_BLOCKS = 100;
const validator = hotkeyFor(validators[0]);
const miner = hotkeyFor(miners[0] as (typeof miners)[number]);
const { task: template } = new TokenWorld(1, { size: 100 });

/** What a log says of a token that a run asked, settled or not. */
function asked(run: number, number: number, kind: "passed" | "unknown" = "passed"): string {
  const task = { ...template, netuid, validator, miner, run, number };
  return encodeEntry({
    kind: "observation",
    v: 1,
    ...{ netuid, validator, miner, run_id: toRunId(`run-${run}`) },
    ...{ workload: "storage/1", slot: 3, block: toBlockNumber(run * RUN_BLOCKS) },
    ...{ sent_ms: 1, received_ms: 2 },
    task: JSON.parse(JSON.stringify(TokenTask.parse(task))),
    evidence: null,
    outcome: kind === "passed" ? { kind } : { kind, reason: "PROBE_FAILED" },
  });
}

/** Something else that happens. */
const other = (at: number) =>
  encodeEntry({
    ...{ kind: "document", v: 1, netuid, validator, run_id: toRunId("run-1") },
    ...{ type: "other/1", miner: null, body: { at } },
  });

async function follow(texts: readonly string[], known: LogIndex | null = null) {
  const read = async (from: number, to: number) => texts.slice(from, to);
  return WindowedLog.follow(known, texts.length, RUN_BLOCKS, read);
}

/** What an auditor that follows the log finds, each with what a reader makes of its evidence. */
async function found(log: WindowedLog) {
  const fact = {
    ...{ block: 900, block_hash: `0x${"11".repeat(32)}`, extrinsic_index: 1 },
    extrinsic_hash: `0x${"22".repeat(32)}`,
    payload: encodeLogCommitment({ size: log.size, root: (await log.rootAt(log.size)) ?? "" }),
  } as const;
  const head = { kind: "anchor", fact } as const;
  const source = { run: { id: toRunId("run-9") }, head, prove: (at: number) => log.prove(at) };
  const findings = await tokenFindings(log, source, { hotkey: validator });
  const told: string[] = [];
  for (const finding of findings) {
    const origin = { netuid, foundMs: 1_790_000_000_000, auditor };
    const evidence = JSON.parse(JSON.stringify(sealEvidence(finding, origin)));
    const { kind } = await checkEvidence(evidence, tools);
    told.push(`${finding.code} ${kind}`);
  }
  return { told, findings };
}

test("tokens that ascend by one are as they should be, a task recorded twice included", async () => {
  const texts = [asked(1, 1), asked(2, 2, "unknown"), asked(2, 2), asked(5, 3)];
  expect((await found(await follow(texts))).told).toEqual([]);
});

test("a token asked again convicts, whatever lies between", async () => {
  const between = Array.from({ length: 600 }, (_, at) => other(at));
  const texts = [asked(1, 1), asked(2, 2), ...between, asked(3, 2)];
  expect((await found(await follow(texts))).told).toEqual(["TOKEN_REUSED proven"]);
  const before = texts.slice(0, 512);
  const { index } = await follow(before);
  expect(index.windows).toHaveLength(2);
  // Known windows are not read for it again.
  const later = await follow(texts, JSON.parse(JSON.stringify(index)));
  expect(later.tokenFaults).toMatchObject([{ kind: "reused", index: 602, earlier: 1 }]);
  expect((await found(later)).told).toEqual(["TOKEN_REUSED proven"]);
});

test.each(TOKEN_FORGERIES)("%s: %s", async (code, _text, tokens, verdict) => {
  const log = await follow(tokens.map(([run, number]) => asked(run, number)));
  expect((await found(log)).told).toEqual([`${code} ${verdict}`]);
});

test("evidence of one does not pass for the other, nor with the records the other way round", async () => {
  const log = await follow([asked(1, 1), asked(2, 2), asked(3, 1)]);
  const [finding] = (await found(log)).findings;
  if (finding === undefined) throw new Error("nothing was found");
  const claim = finding.claim as { head: object; entry: object; earlier: object };
  const first = await log.prove(0);
  const origin = { netuid, foundMs: 1, auditor };
  const kindOf = async (change: object, code = finding.code) => {
    const changed = { ...finding, code, claim: { ...claim, ...change } as typeof finding.claim };
    const evidence = JSON.parse(JSON.stringify(sealEvidence(changed, origin)));
    return (await checkEvidence(evidence, tools)).kind;
  };
  expect(await kindOf({})).toBe("proven");
  expect(await kindOf({ earlier: first })).toBe("proven");
  expect(await kindOf({}, "TOKEN_SKIPPED")).toBe("refused");
  expect(await kindOf({ entry: claim.earlier, earlier: first })).toBe("refused");
  expect(await kindOf({ entry: claim.earlier, earlier: claim.entry })).toBe("refused");
});

test("whatever the order, exactly the logs whose tokens ascend by one have no fault", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }),
      async (numbers) => {
        const log = await follow(numbers.map((number, at) => asked(at + 1, number)));
        const isRight = numbers.every((number, at) => number === at + 1);
        expect(log.tokenFaults.length === 0).toBe(isRight);
      },
    ),
    { numRuns: 100 },
  );
});
