import { CodedError, type Hotkey } from "@neurond/primitives";
import { SignedClient } from "@neurond/runtime";
import { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { SIGNER_OPTIONS } from "../../wallet.ts";
import type { StoreCommandCode } from "../store/errors.ts";
import { parseUrl } from "../store/find-validator.ts";
import { openSignatory } from "../store/owner.ts";
import type { HeldShape } from "./schemas.ts";

type Held = z.infer<typeof HeldShape>;

const MAX_ANSWER_BYTES = 1_048_576;
const WAIT_MS = 30_000;
const DEFAULT_URL = "http://127.0.0.1:8091";

/** What is read of a miner's `GET /v1/storage/stats`. */
const Answer = z.object({
  shards: z.number(),
  bytes: z.number(),
  lost: z.number(),
  quota_bytes: z.number(),
  free_bytes: z.number(),
  tags: z.object({ grants: z.number(), bytes: z.number() }),
  validators: z.array(z.object({ hotkey: z.string(), shards: z.number(), bytes: z.number() })),
});

/** `neurond miner held` */
export const minerHeld = defineAction<Held>({
  name: "held",
  summary: "show what your own miner says it holds, for whom, and what it lost",
  description:
    "Asks the miner itself; only its own hotkey may. What validators hold it to is `neurond miner inventory`.",
  options: [
    { flags: "--url <url>", description: `where the miner serves (default: ${DEFAULT_URL})` },
  ],
  shared: SIGNER_OPTIONS,
  examples: [
    "neurond miner held -w me -H first",
    "neurond miner held --url http://127.0.0.1:8091 --json",
  ],
  schema: async () => (await import("./schemas.ts")).HeldShape,
  run: held,
  exitCode: ({ lost }) => (lost === 0 ? 0 : 1),
  human: ({ miner, shards, bytes, lost, quotaBytes, freeBytes, tagBytes, validators }, view) => {
    const head = view.pairs([
      ["miner", miner],
      ["shards", `${shards}, ${bytes} bytes of ${quotaBytes}`],
      ["lost", lost === 0 ? "none" : `${lost} that were signed for`],
      ["tags", `${tagBytes} bytes`],
      ["free", `${freeBytes} bytes on its disk`],
    ]);
    const right = { align: "right" as const };
    const columns = [
      { title: "validator" },
      { title: "shards", ...right },
      { title: "bytes", ...right },
    ];
    const rows = validators.map((one) => [one.hotkey, String(one.shards), String(one.bytes)]);
    return `${head}\n\n${view.table(columns, rows)}`;
  },
});

async function held(call: Call): Promise<Held> {
  using signatory = await openSignatory(call);
  const url = parseUrl(call.given("url") ?? DEFAULT_URL, "--url");
  const client = new SignedClient({ key: signatory.key });
  const asking = ask(client, { url, hotkey: signatory.hotkey }, call.signal);
  const { shards, bytes, lost, validators, ...rest } = await asking;
  return {
    ...{ miner: signatory.hotkey, shards, bytes, lost, validators },
    ...{ quotaBytes: rest.quota_bytes, freeBytes: rest.free_bytes, tagBytes: rest.tags.bytes },
  };
}

interface Miner {
  readonly url: URL;
  readonly hotkey: Hotkey;
}

/** @throws CodedError MINER_SILENT */
async function ask(client: SignedClient, { url, hotkey }: Miner, signal: AbortSignal) {
  const request = {
    ...{ url: new URL("/v1/storage/stats", url), method: "GET" as const, receiver: hotkey },
    ...{ timeoutMs: WAIT_MS, maxAnswerBytes: MAX_ANSWER_BYTES, signal },
  };
  const answer = await client.fetch(request).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failed(url, "does not answer", cause);
  });
  if (answer.status === 403) throw failed(url, "is the miner of another hotkey");
  if (answer.status !== 200) throw failed(url, `answered ${answer.status}`);
  try {
    return Answer.parse(JSON.parse(new TextDecoder().decode(answer.body)));
  } catch (cause) {
    throw failed(url, "does not answer as a miner does", cause);
  }
}

function failed(url: URL, what: string, cause?: unknown): CodedError<StoreCommandCode> {
  const message = `${url.origin} ${what}; give the miner's own --url and its wallet`;
  return new CodedError("MINER_SILENT", message, { url: url.origin }, { cause });
}
