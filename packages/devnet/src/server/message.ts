import { INVALID_REQUEST, PARSE_ERROR, RpcError, SERVER_ERROR } from "../rpc/error.ts";
import type { Answer, Session } from "../rpc/session.ts";
import type { Limits } from "./limits.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isOpening = (byte: number) => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number) => byte === 0x5d || byte === 0x7d;

/** Whether JSON nests deeper than `limit`; a scan without recursion, before anything is built. */
export function isDeeperThan(text: Uint8Array, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) {
      quoted = true;
    } else if (isOpening(byte)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (isClosing(byte)) {
      depth -= 1;
    }
  }
  return false;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parse(bytes: Uint8Array, limits: Limits): unknown {
  if (isDeeperThan(bytes, limits.depth)) {
    throw new RpcError(INVALID_REQUEST, `Invalid request: nested deeper than ${limits.depth}`);
  }
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new RpcError(PARSE_ERROR, "Parse error");
  }
}

/** An answer's text, with what may be sent only after it. */
export interface Reply {
  readonly text: string;
  readonly exempt: boolean;
  readonly afterwards: readonly (() => void)[];
}

export const refusal = (error: RpcError): Reply => ({
  text: JSON.stringify({
    jsonrpc: "2.0",
    error: { code: error.code, message: error.message },
    id: null,
  }),
  exempt: false,
  afterwards: [],
});

/** Answers one message, a request or a batch of them; nothing when no request wants an answer. */
export async function answerMessage(
  session: Session,
  bytes: Uint8Array,
  limits: Limits,
): Promise<Reply | undefined> {
  let message: unknown;
  try {
    message = parse(bytes, limits);
  } catch (error) {
    if (error instanceof RpcError) return refusal(error);
    throw error;
  }
  if (Array.isArray(message)) return answerBatch(session, message, limits);
  const answer = await session.handle(message);
  return (
    answer && { text: JSON.stringify(answer.body), exempt: answer.exempt, afterwards: list(answer) }
  );
}

/** One after the other, so that a batch whose answers grow too large ends early. */
async function answerBatch(
  session: Session,
  requests: readonly unknown[],
  limits: Limits,
): Promise<Reply | undefined> {
  if (requests.length === 0) return refusal(new RpcError(INVALID_REQUEST, "Invalid request"));
  if (requests.length > limits.batch) {
    return refusal(new RpcError(SERVER_ERROR, `Batch of more than ${limits.batch} requests`));
  }
  const texts: string[] = [];
  const afterwards: (() => void)[] = [];
  let exempt = true;
  let length = 0;
  for (const request of requests) {
    const answer = await session.handle(request);
    if (!answer) continue;
    const text = JSON.stringify(answer.body);
    length += text.length;
    exempt &&= answer.exempt;
    texts.push(text);
    afterwards.push(...list(answer));
    if (length <= limits.answerBytes) continue;
    const reason = `Answers of more than ${limits.answerBytes} bytes`;
    return { ...refusal(new RpcError(SERVER_ERROR, reason)), afterwards };
  }
  return texts.length === 0 ? undefined : { text: `[${texts.join(",")}]`, exempt, afterwards };
}

const list = ({ afterwards }: Answer) => (afterwards ? [afterwards] : []);
