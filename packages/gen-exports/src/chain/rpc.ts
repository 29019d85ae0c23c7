import { genError } from "../errors.ts";

const DEADLINE_MS = 30_000;

/** One JSON-RPC call by POST. @throws CodedError SEED_DEVNET_FAILED with the node's own words */
export async function rpc(
  url: string,
  method: string,
  ...params: readonly unknown[]
): Promise<unknown> {
  const response = await fetch(url.replace(/^ws:/, "http:"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const answer = (await response.json()) as {
    result?: unknown;
    error?: { message: string; data?: unknown };
  };
  if (answer.error === undefined) return answer.result;
  const { message, data } = answer.error;
  throw genError(
    "SEED_DEVNET_FAILED",
    `${method} failed: ${message}${data === undefined ? "" : `: ${String(data)}`}`,
  );
}
