import type { CodedError } from "@neurond/primitives";
import { type ChainCode, chainError } from "../errors.ts";

/** The error object of a JSON-RPC answer. */
export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data: string | undefined;
}

/** Gives a node's error the code a caller can decide by; the node's own words are in the context. */
export function refusedBy(method: string, failure: RpcFailure): CodedError<ChainCode> {
  const { code, message, data } = failure;
  const text = data === undefined ? message : `${message}: ${data}`;
  return chainError(codeOf(failure), `${method} refused by the node (${code}): ${text}`, {
    method,
    rpcCode: code,
    rpcMessage: message,
    ...(data === undefined ? {} : { rpcData: data }),
  });
}

function codeOf({ code, message, data = "" }: RpcFailure): ChainCode {
  const text = `${message} ${data}`;
  if (text.includes("State already discarded")) return "STATE_DISCARDED";
  if (text.includes("UnknownBlock") || text.includes("Header was not found"))
    return "BLOCK_UNKNOWN";
  if (code === -32601 || text.includes("is not found")) return "RUNTIME_UNSUPPORTED";
  if (code === 429 || code === -32029 || /too many requests|rate limit/i.test(text)) {
    return "RPC_LIMITED";
  }
  return "RPC_REFUSED";
}
