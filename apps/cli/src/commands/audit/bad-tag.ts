import { CodedError, isCoded } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditBadTagShape } from "./bad-tag-schema.ts";

type Result = z.infer<typeof AuditBadTagShape>;
type Submitted = Result["submitted"][number];

const TIMEOUT_MS = 30_000;
const ANSWER_BYTES = 65_536;

/** `neurond audit bad-tag` */
export const auditBadTag = defineAction<Result>({
  name: "bad-tag",
  summary: "check a miner's proof that a validator handed it a wrong tag, and hand it in",
  description:
    "A miner writes such proofs by itself when a period's secret is revealed (`bad-tag.*.json` among its evidence). With --submit the proof is sent to auditors, who make the failed sweeps of that shard unknown. Exits 1 when the proof shows nothing, or an auditor does not take it.",
  args: [{ flags: "<file>", description: "the proof, - for stdin" }],
  options: [
    { flags: "--submit <urls>", description: "auditors to send it to, separated by commas" },
  ],
  examples: [
    "neurond audit bad-tag data/evidence/bad-tag.5F….812.1f2e3d4c5b6a7988.json",
    "neurond audit bad-tag proof.json --submit https://auditor.example --json",
  ],
  schema: async () => (await import("./bad-tag-schema.ts")).AuditBadTagShape,
  run: async (call) => {
    const text = new TextDecoder().decode(await readInput(call, call.args[0] ?? "-"));
    const { BadTagFile } = await import("@neurond/audit/io");
    const { verifySr25519Fast } = await import("@neurond/crypto");
    const { badTagOf, plausibleBadTag } = await import("@neurond/workload-storage/sweep");
    const parsed = BadTagFile.safeParse(parse(text));
    if (!parsed.success) {
      const message = "the file is no proof of a wrong tag; give a miner's bad-tag.*.json";
      throw new CodedError<UsageCode>("INPUT_INVALID", message);
    }
    const fault = plausibleBadTag(badTagOf(parsed.data), verifySr25519Fast);
    const auditors = (call.given("submit") ?? "").split(",").filter(Boolean).map(urlOf);
    const submitted: Submitted[] = [];
    for (const auditor of fault === null ? auditors : []) {
      submitted.push(await submit(call, auditor, text));
    }
    const { grant, period, row } = parsed.data;
    const { validator, miner } = grant.grant;
    const verdict = fault === null ? "shown" : "refused";
    return { verdict, reason: fault, validator, miner, period, row, submitted };
  },
  human: ({ verdict, reason, validator, miner, period, submitted }, view) =>
    view.pairs([
      ["verdict", verdict === "shown" ? "the tag is wrong" : "shows nothing"],
      ["why not", reason ?? undefined],
      ["validator", validator],
      ["miner", miner],
      ["period", String(period)],
      ...submitted.map(({ auditor, taken }): [string, string] => [auditor, taken]),
    ]),
  exitCode: ({ verdict, submitted }) =>
    verdict === "shown" && submitted.every(({ ok }) => ok) ? 0 : 1,
});

/** Sends the proof to one auditor; what it answers is said, whatever it is. */
async function submit(call: Call, auditor: URL, text: string): Promise<Submitted> {
  const { readBounded } = await import("@neurond/runtime");
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const response = await fetch(new URL("/v1/bad-tags", auditor), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
      redirect: "error",
      signal,
    });
    const answer = parse(new TextDecoder().decode(await readBounded(response, ANSWER_BYTES)));
    return { auditor: auditor.href, taken: wordsOf(answer, response.status), ok: response.ok };
  } catch (error) {
    call.signal.throwIfAborted();
    const isTheirs = error instanceof TypeError || error instanceof DOMException || isCoded(error);
    if (!isTheirs) throw error;
    return { auditor: auditor.href, taken: "does not answer", ok: false };
  }
}

function wordsOf(answer: unknown, status: number): string {
  if (typeof answer !== "object" || answer === null) return `HTTP ${status}`;
  const { taken, detail } = answer as Readonly<Record<string, unknown>>;
  return String(taken ?? detail ?? `HTTP ${status}`).slice(0, 500);
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new CodedError<UsageCode>("USAGE", `--submit takes http addresses, not ${text}`, { text });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
