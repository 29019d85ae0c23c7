import { CodedError } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditSyntheticShape } from "./synthetic-shape.ts";

type Result = z.infer<typeof AuditSyntheticShape>;

const SEED = /^[0-9a-f]{64}$/;

/** `neurond audit synthetic` */
export const auditSynthetic = defineAction<Result>({
  name: "synthetic",
  summary:
    "send one request of our own through a validator's gateway, and show its targets and answer",
  description:
    "Draws a chute and a request by a seed, sends it, and tells which targets the trace names: each must later stand in the validator's exports under the id shown. Words are shown as they come, images in a terminal that can, recordings as files. The key comes from CHUTES_API_KEY, CHUTES_API_KEY_FILE or --api-key-file, never from the line, where others could read it. Exits 1 when the answer is refused, breaks off or is an error.",
  options: [
    {
      flags: "--type <type>",
      description:
        "chat, completion, image, tts, transcribe, embed, moderation or rerank (default: any)",
    },
    { flags: "--chute <name>", description: "only chutes of this name, id or slug" },
    {
      flags: "--url <url>",
      description: "base of the validator's API (default: https://api.chutes.ai)",
    },
    {
      flags: "--llm-url <url>",
      description: "where language models are asked (default: https://llm.chutes.ai)",
    },
    {
      flags: "--chute-url <url>",
      description: "where a chute is asked, with {slug} in it (default: https://{slug}.chutes.ai)",
    },
    { flags: "--api-key-file <file>", description: "file with the API key that pays" },
    {
      flags: "--blind",
      description: "ask for no trace; the id of the answer's header is all that is known then",
    },
    {
      flags: "--seed <hex>",
      description: "32 bytes that decide everything that is drawn; shown, to repeat a request",
    },
    {
      flags: "--prompts <file>",
      description: "JSON lines with texts or conversations, in place of our own",
    },
    {
      flags: "--prompts-field <name>",
      description: "their field (default: conversation, for images prompts)",
    },
    {
      flags: "--out <directory>",
      description: "where images and recordings are saved (default: here)",
    },
    { flags: "--graphics <way>", description: "auto (default), kitty, sixel, blocks or file" },
    {
      flags: "--player <program>",
      description: "plays recordings; without it they are saved only",
    },
    { flags: "--hide", description: "show and save nothing of the answer" },
    { flags: "--allow-private", description: "also ask hosts at loopback and private addresses" },
    { flags: "--dry-run", description: "print the request and send nothing; needs no key" },
  ],
  examples: [
    "neurond audit synthetic --type chat",
    "neurond audit synthetic --type image --graphics sixel",
    "neurond audit synthetic --type tts --dry-run --json",
  ],
  schema: async () => (await import("./synthetic-shape.ts")).AuditSyntheticShape,
  run: async (call) => {
    const { sendSynthetic } = await import("./send-synthetic.ts");
    const isDry = call.on("dry-run");
    return await sendSynthetic(call, { seed: seedOf(call), key: isDry ? null : await keyOf(call) });
  },
  human: (sent, view) => {
    const { outcome, status, ending, error } = sent;
    const pairs = view.pairs([
      ["type", sent.type],
      ["chute", `${sent.chute} (${sent.chuteId})`],
      ["url", sent.url],
      ["seed", sent.seed],
      ["outcome", [outcome, status, ending, error].filter((word) => word !== null).join(", ")],
      ["request id", sent.parentInvocationId ?? undefined],
      ["faults", sent.faults.length === 0 ? undefined : sent.faults.join(", ")],
      [
        "tokens",
        sent.tokensOut === null ? undefined : `${sent.tokensIn ?? "?"} in, ${sent.tokensOut} out`,
      ],
    ]);
    const targets = view.table(
      [
        { title: "attempt" },
        { title: "instance" },
        { title: "uid", align: "right" },
        { title: "hotkey" },
        { title: "outcome" },
      ],
      sent.attempts.map((one) => [one.id, one.instance, String(one.uid), one.hotkey, one.outcome]),
    );
    const payload = sent.payload === null ? "" : JSON.stringify(sent.payload, null, 2);
    const parts = [pairs, sent.attempts.length === 0 ? "" : targets, payload, sent.text];
    return parts.filter((part) => part !== "").join("\n\n");
  },
  exitCode: ({ outcome, ending, error }) =>
    outcome === "dry_run" || (ending === "complete" && error === null) ? 0 : 1,
});

async function keyOf(call: Call): Promise<string> {
  const { CHUTES_API_KEY: key, CHUTES_API_KEY_FILE } = call.env;
  const file = call.given("api-key-file") ?? CHUTES_API_KEY_FILE;
  if (file === undefined && key) return key;
  if (file === undefined) {
    const text = "a request is paid for by an API key: set CHUTES_API_KEY, or give --api-key-file";
    throw new CodedError<UsageCode>("USAGE", text);
  }
  const text = new TextDecoder().decode(await readInput(call, file)).trim();
  if (text !== "" && !/\s/.test(text)) return text;
  throw new CodedError<UsageCode>("INPUT_INVALID", `${file} holds no API key`, { file });
}

function seedOf(call: Call): Uint8Array {
  const text = call.given("seed")?.replace(/^0x/, "").toLowerCase();
  if (text === undefined) return crypto.getRandomValues(new Uint8Array(32));
  if (SEED.test(text)) return Buffer.from(text, "hex");
  throw new CodedError<UsageCode>("USAGE", "--seed is 32 bytes as 64 hexadecimal digits", { text });
}
