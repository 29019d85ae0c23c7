import { CodedError, parseHotkey } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../../action.ts";
import type { UsageCode } from "../../../failures.ts";
import type { VerifiedShape } from "./schemas.ts";

/** `neurond proxy verify-receipts` */
export const proxyVerifyReceipts = defineAction<z.infer<typeof VerifiedShape>>({
  name: "verify-receipts",
  summary:
    "check receipts offline: who signed, that none is missing, and every caller's own signature",
  description:
    "Takes what export-receipts wrote, or the answer to GET /receipts/{request id}. Nobody is asked: the file and the miner's hotkey are enough. Exits 1 when the receipts are refused.",
  args: [{ flags: "<file>", description: "an export, or one receipt with its proof" }],
  options: [
    {
      flags: "--miner <ss58>",
      description: "whose receipts they have to be (default: whoever signed, which is shown)",
    },
  ],
  examples: [
    "neurond proxy verify-receipts november.ndjson --miner 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
    "neurond proxy verify-receipts receipt.json --json",
  ],
  schema: async () => (await import("./schemas.ts")).VerifiedShape,
  run: async (call) => {
    const { verifyReceiptsFile } = await import("@neurond/reverse-proxy");
    const { verifySr25519Fast: verify } = await import("@neurond/crypto");
    const [file = ""] = call.args;
    const named = call.given("miner");
    const miner = named === undefined ? {} : { miner: parseHotkey(named) };
    const verdict = await verifyReceiptsFile(file, { ...miner, verify }).catch(unreadable(file));
    if (!verdict.ok) {
      const { fault, line } = verdict;
      return { verdict: "refused", fault, line, miner: null, requests: 0, lost: 0, callers: null };
    }
    const { ok: _, ...shown } = verdict;
    return { verdict: "holds", fault: null, line: null, ...shown };
  },
  human: ({ verdict, fault, line, miner, requests, lost, callers }, view) =>
    view.pairs([
      ["verdict", verdict],
      ["refused", fault === null ? undefined : `${fault} in line ${line}`],
      ["signed by", verdict === "holds" ? (miner ?? "nobody") : undefined],
      ["requests", callers ? String(requests) : undefined],
      ["callers proven", callers ? String(callers.proven) : undefined],
      ["callers not provable", callers ? String(callers.unprovable) : undefined],
      ["without a caller", callers ? String(callers.anonymous) : undefined],
      ["said to be lost", callers ? String(lost) : undefined],
    ]),
  exitCode: ({ verdict }) => (verdict === "refused" ? 1 : 0),
});

const unreadable = (file: string) => (cause: unknown) => {
  const { code } = cause as NodeJS.ErrnoException;
  if (!["ENOENT", "EACCES", "EISDIR"].includes(code ?? "")) throw cause;
  const message = `${file} cannot be read (${code}): give a file of receipts`;
  throw new CodedError<UsageCode>("INPUT_INVALID", message, { file }, { cause });
};
