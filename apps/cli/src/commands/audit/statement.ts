import { CodedError, type Hotkey, parseHotkey } from "@neurond/primitives";
import type { Statement, StatementCheck } from "@neurond/statements";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditStatementShape } from "./statement-schema.ts";

type Result = z.infer<typeof AuditStatementShape>;

/** `neurond audit statement` */
export const auditStatement = defineAction<Result>({
  name: "statement",
  summary: "check signed statements of auditors, and hold those of several against each other",
  description:
    "verify checks shape, signature and sums of each, and that each names the one before it when several of one auditor are given in order. compare holds statements about the same validator and hour against the first. A signature says who, never that it is true: whoever has the exports computes inputs_root again. Exits 1 when one is refused, the chain breaks, or auditors disagree.",
  args: [
    { flags: "<verb>", description: "verify or compare" },
    { flags: "<statements...>", description: "files, http(s) addresses, - for stdin" },
  ],
  options: [{ flags: "--auditor <ss58>", description: "who must have signed, for verify" }],
  examples: [
    "neurond audit statement verify http://127.0.0.1:8094/v1/statements/latest",
    "neurond audit statement verify 0000000001.json 0000000002.json --auditor 5F3sa2TJAWMqDhXG6jhV4N8ko9SxwGy8TpaNS1repo5EYjQX",
    "neurond audit statement compare ours.json https://auditor.example.com/v1/statements/latest",
  ],
  schema: async () => (await import("./statement-schema.ts")).AuditStatementShape,
  run: async (call) => {
    const [verb, ...places] = call.args;
    if (verb !== "verify" && verb !== "compare") {
      throw new CodedError<UsageCode>("USAGE", `${verb} is neither verify nor compare`);
    }
    if (verb === "compare" && places.length < 2) {
      throw new CodedError<UsageCode>("USAGE", "compare takes two statements or more");
    }
    const { checkStatement, checkSuccession, compareStatements } = await import(
      "@neurond/statements"
    );
    const { verifySr25519Fast } = await import("@neurond/crypto");
    const named = call.given("auditor");
    const auditor: Hotkey | undefined = named === undefined ? undefined : parseHotkey(named);
    const checks: { place: string; check: StatementCheck }[] = [];
    for (const place of places) {
      const check = checkStatement(await readStatement(call, place), verifySr25519Fast, auditor);
      checks.push({ place, check });
    }
    const sound = checks.flatMap(({ check }) => (check.kind === "sound" ? [check.statement] : []));
    const breaks = verb === "verify" ? breaksOf(sound, checkSuccession) : [];
    const comparisons = verb === "compare" ? compareStatements(sound) : [];
    const isFine =
      sound.length === checks.length &&
      breaks.length === 0 &&
      comparisons.every(({ disagreements }) => disagreements.length === 0) &&
      (verb === "verify" || comparisons.length === checks.length - 1);
    return {
      verdict: isFine ? "sound" : "refused",
      statements: checks.map(({ place, check }) => describe(place, check)),
      breaks,
      comparisons: comparisons.map(
        ({ auditors: [first, second], sameInputs, l1, disagreements }) => ({
          first,
          second,
          sameInputs,
          l1: String(l1),
          disagreements: disagreements.map((one) => ({ ...one })),
        }),
      ),
    };
  },
  human: ({ verdict, statements, breaks, comparisons }, view) =>
    [
      view.table(
        [
          { title: "statement" },
          { title: "no" },
          { title: "auditor" },
          { title: "as of" },
          { title: "hours" },
          { title: "critical" },
          { title: "verdict" },
        ],
        statements.map(({ place, sequence, auditor, asOf, hours, critical, reason }) => [
          place,
          String(sequence ?? ""),
          auditor ?? "",
          asOf ?? "",
          String(hours ?? ""),
          String(critical ?? ""),
          reason ?? "sound",
        ]),
      ),
      ...breaks.map(({ after, fault }) => `the chain breaks after number ${after}: ${fault}`),
      ...comparisons.map(({ first, second, sameInputs, l1, disagreements }) =>
        disagreements.length === 0
          ? `${first} and ${second} say the same`
          : `${first} and ${second} differ (${sameInputs ? "same" : "other"} inputs, L1 ${l1}e-18)\n${view.table(
              [{ title: "what" }, { title: "of" }, { title: "first" }, { title: "second" }],
              disagreements.map((one) => [one.what, one.subject, one.first, one.second]),
            )}`,
      ),
      verdict,
    ].join("\n\n"),
  exitCode: ({ verdict }) => (verdict === "sound" ? 0 : 1),
});

/** Only those of one auditor that are given in order make a chain. */
function breaksOf(
  statements: readonly Statement[],
  checkSuccession: (before: Statement, after: Statement) => string | null,
): Result["breaks"] {
  return statements.flatMap((statement, index) => {
    const next = statements[index + 1];
    const fault = next === undefined ? null : checkSuccession(statement, next);
    return fault === null ? [] : [{ after: statement.sequence, fault }];
  });
}

function describe(place: string, check: StatementCheck): Result["statements"][number] {
  if (check.kind === "refused") {
    const nothing = { sequence: null, digest: null, auditor: null, validator: null, asOf: null };
    const { fault, reason } = check;
    return { place, ...nothing, hours: null, critical: null, fault, reason };
  }
  const { sequence, auditor, validator, as_of, verified_hours, critical } = check.statement;
  return {
    place,
    sequence,
    digest: check.digest,
    auditor,
    validator,
    asOf: new Date(as_of / 1_000).toISOString(),
    hours: verified_hours,
    critical: critical.length,
    fault: null,
    reason: null,
  };
}

const TIMEOUT_MS = 15_000;

async function readStatement(call: Call, place: string): Promise<unknown> {
  const bytes = /^https?:\/\//.test(place)
    ? await fetchStatement(call, place)
    : await readInput(call, place);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

async function fetchStatement(call: Call, place: string): Promise<Uint8Array> {
  const { readBounded } = await import("@neurond/runtime");
  const { MAX_STATEMENT_BYTES } = await import("@neurond/statements");
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(place, { redirect: "error", signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await readBounded(response, MAX_STATEMENT_BYTES);
  } catch (cause) {
    call.signal.throwIfAborted();
    const text = `${place} gives no statement: ${cause instanceof Error ? cause.message : ""}`;
    throw new CodedError<UsageCode>("INPUT_INVALID", text, {}, { cause });
  }
}
