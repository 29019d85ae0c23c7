import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptFinding, KeptRun } from "@neurond/audit/io";
import { CodedError, toNetuid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditRunShape } from "./schemas.ts";

type Audited = z.infer<typeof AuditRunShape>;
const MAX_RUNS = 100;

/** `neurond audit run` */
export const auditRun = defineAction<Audited>({
  name: "run",
  summary: "audit the latest runs of a subnet once, from the chain and public endpoints alone",
  description:
    "Fetches records, reports and proofs, judges every verdict again, recomputes the weights and compares them with those on chain. Keeps nothing. Exits 1 when something critical is found. The daemon apps/auditor does the same for every run.",
  options: [
    {
      flags: "--config-file <file>",
      description: "an auditor's YAML: its run section holds the subnet's rules",
    },
    { flags: "--runs <count>", description: "so many of the latest runs (default: 1)" },
    { flags: "--once", description: "look once and end; this command always does" },
    { flags: "--out <directory>", description: "write each finding's evidence file here" },
    { flags: "--allow-private", description: "ask axons at loopback and private addresses too" },
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  examples: [
    "neurond audit run --netuid 2 --config-file config/auditor.yaml",
    "neurond audit run --once --json -n local --config-file auditor.yaml --allow-private --out findings",
  ],
  schema: async () => (await import("./schemas.ts")).AuditRunShape,
  run: async (call) => {
    const settings = await settingsOf(call);
    const runs = Number(call.given("runs") ?? "1");
    if (!Number.isInteger(runs) || runs < 1 || runs > MAX_RUNS) {
      throw new CodedError<UsageCode>("USAGE", `--runs is a whole number from 1 to ${MAX_RUNS}`);
    }
    const { auditedWorkloads, rulesFrom } = await import("@neurond/audit");
    const { Auditor, DEFAULT_MANNERS, MemoryAuditStore } = await import("@neurond/audit/io");
    const { verifySr25519Fast: verify } = await import("@neurond/crypto");
    const workloads = auditedWorkloads();
    const families = workloads.map(({ family }) => family);
    const rules = rulesFrom(settings.run, families);
    const { netuid, allowPrivate } = settings;
    return withChain(call, async (chain) => {
      const { signal } = call;
      const { number: block } = await chain.head({ at: "finalized", signal });
      const auditor = new Auditor({
        chain,
        netuid,
        tools: { rules, workloads, verify },
        manners: { ...DEFAULT_MANNERS, allowPrivate },
        store: new MemoryAuditStore(),
        signer: null,
        marginBlocks: 1,
        historyRuns: runs,
        catchUpRuns: runs,
        now: Date.now,
      });
      const found: Audited["runs"] = [];
      for (const index of await auditor.due(block)) {
        const { kept, findings } = await auditor.audit(index, block, signal);
        found.push(await describe(kept, findings, call.given("out")));
      }
      return { netuid, block, runs: found };
    });
  },
  human: ({ netuid, block, runs }, view) => {
    if (runs.length === 0) return `no run of subnet ${netuid} is over at block ${block}`;
    return runs
      .map(({ run, pending, weights, validators, findings }) =>
        view.pairs([
          ["run", pending ? `${run} (weights are still open)` : run],
          ["weights due", weights?.map(({ hotkey, value }) => `${hotkey}=${value}`).join(" ")],
          ...validators.map(({ hotkey, standing, weights: set }): [string, string] => [
            hotkey,
            `${standing}, weights ${set}`,
          ]),
          ...findings.map(({ code, severity, validator, summary, file }): [string, string] => [
            `${severity} ${code}`,
            `${validator} ${summary}${file === null ? "" : ` (${file})`}`,
          ]),
        ]),
      )
      .join("\n\n");
  },
  exitCode: ({ runs }) =>
    runs.some(({ findings }) => findings.some(({ severity }) => severity === "critical")) ? 1 : 0,
});

/** The rules of the subnet, from the file that the daemon would read; public defaults without one. */
async function settingsOf(call: Call) {
  const { RunConfig } = await import("@neurond/audit");
  const { z } = await import("zod");
  const Settings = z.looseObject({
    netuid: z.int().min(0).max(4095).optional(),
    run: RunConfig.prefault({}),
    fetch: z.looseObject({ allowPrivate: z.boolean().optional() }).nullish(),
  });
  const file = call.given("config-file");
  const value = file === undefined ? {} : await readYaml(call, file);
  const parsed = Settings.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const text = `${file}: ${issue?.path.join(".")}: ${issue?.message}`;
    throw new CodedError<UsageCode>("INPUT_INVALID", text, { file });
  }
  const { netuid, run, fetch } = parsed.data;
  const isNamed = netuid === undefined || call.given("netuid") !== undefined;
  return {
    netuid: isNamed ? netuidOf(call) : toNetuid(netuid),
    run,
    allowPrivate: call.on("allow-private") || fetch?.allowPrivate === true,
  };
}

async function readYaml(call: Call, file: string): Promise<unknown> {
  const { parse } = await import("yaml");
  const text = new TextDecoder().decode(await readInput(call, file));
  try {
    // A section of comments alone is an empty one.
    return parse(text, (_key, value: unknown) => value ?? undefined) ?? {};
  } catch (cause) {
    const message = `the file ${file} is not YAML`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { file }, { cause });
  }
}

async function describe(
  kept: KeptRun,
  findings: readonly KeptFinding[],
  out: string | undefined,
): Promise<Audited["runs"][number]> {
  const { statement, isPending } = kept;
  const described: Audited["runs"][number]["findings"] = [];
  for (const { name, evidence } of findings) {
    const { code, severity, run_id, validator, miner, summary } = evidence;
    const file = out === undefined ? null : join(out, `${name}.json`);
    if (out !== undefined && file !== null) {
      await mkdir(out, { recursive: true });
      await writeFile(file, `${JSON.stringify(evidence)}\n`);
    }
    described.push({ code, severity, run: run_id, validator, miner, summary, file });
  }
  return {
    run: statement.run_id,
    pending: isPending,
    weights: statement.weights?.map(([hotkey, value]) => ({ hotkey, value })) ?? null,
    validators: statement.validators.map(({ hotkey, standing, weights }) => ({
      hotkey,
      standing,
      weights,
    })),
    findings: described,
  };
}
