import { isCoded } from "@neurond/primitives";
import type { CheckedFetch } from "@neurond/registry/io";
import { type ChuteList, parseChutes, syntheticsError } from "@neurond/synthetics";

const MAX_BYTES = 64 * 1_048_576;
const DEADLINE_MS = 60_000;

/** Asks a validator's API what chutes there are. @throws CodedError CHUTES_UNREADABLE; what `signal` says */
export async function fetchChutes(
  fetch: CheckedFetch,
  base: string,
  signal: AbortSignal,
): Promise<ChuteList> {
  const url = new URL(
    `${base.replace(/\/+$/, "")}/chutes/?include_public=true&limit=1000&exclude=affine`,
  );
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json", "accept-encoding": "identity" },
      signal: AbortSignal.any([signal, deadline]),
    });
    return parseChutes(await textOf(url, response));
  } catch (cause) {
    signal.throwIfAborted();
    if (isCoded(cause, "CHUTES_UNREADABLE")) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    const text = `the chutes of ${url.host} could not be read: ${words}`;
    throw syntheticsError("CHUTES_UNREADABLE", text, {}, cause);
  }
}

async function textOf(url: URL, response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MAX_BYTES) throw new Error(`${url.pathname} is longer than ${MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
