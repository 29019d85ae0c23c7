import { CodedError, type ErrorEntry } from "@neurond/primitives";

/**
 * Every way the chain client can fail, with what it means, what to do about it, and whether the
 * same call may succeed later: `elsewhere` = at once on another connection, `later` = after a
 * wait, `never` = not without a change by the caller.
 */
export const CHAIN_ERRORS = {
  ENDPOINT_INVALID: {
    cause: "an endpoint is not a ws:// or wss:// URL, or no endpoint was given",
    remedy: "correct the endpoint list",
    retry: "never",
  },
  ENDPOINT_UNREACHABLE: {
    cause: "no websocket could be opened to the endpoint",
    remedy: "check that the node runs and the network lets you through; name a second endpoint",
    retry: "elsewhere",
  },
  ENDPOINT_WRONG_CHAIN: {
    cause: "the endpoint's genesis hash differs from that of the chain connected first",
    remedy: "remove the endpoint: it belongs to another network",
    retry: "never",
  },
  ENDPOINTS_EXHAUSTED: {
    cause: "no endpoint gave a working connection before the deadline",
    remedy: "see the cause of the last attempt; check the endpoints and raise the deadline if slow",
    retry: "later",
  },
  CONNECTION_LOST: {
    cause: "the connection ended while a call was waiting for its answer",
    remedy: "none for reads, they are repeated; after a write, look its effect up in state",
    retry: "elsewhere",
  },
  CONNECTION_STALLED: {
    cause: "the socket is open but the endpoint stopped answering or stopped showing new blocks",
    remedy: "none: the client changes endpoint; name a second endpoint if there is one only",
    retry: "elsewhere",
  },
  CHAIN_CLOSED: {
    cause: "the client was closed before or during the call",
    remedy: "do not call a client that has been disposed of",
    retry: "never",
  },
  DEADLINE_EXCEEDED: {
    cause: "no answer within the time the call allows",
    remedy: "raise timeoutMs, or use a nearer endpoint",
    retry: "later",
  },
  RPC_REFUSED: {
    cause: "the node answered the request with an error",
    remedy: "read the node's message in the context",
    retry: "never",
  },
  RPC_LIMITED: {
    cause: "the node limits requests and refused this one",
    remedy: "wait, or use your own node",
    retry: "later",
  },
  RPC_MALFORMED: {
    cause: "the endpoint sent something that is not the answer to what was asked",
    remedy: "check that the endpoint is a subtensor node and not a web server or a proxy",
    retry: "elsewhere",
  },
  STATE_DISCARDED: {
    cause: "the node no longer keeps the state of that block",
    remedy: "ask an archive endpoint, or read a younger block",
    retry: "never",
  },
  BLOCK_UNKNOWN: {
    cause: "the node does not know that block",
    remedy: "check the hash or height; the block may have been retracted or lie ahead",
    retry: "later",
  },
  METADATA_UNDECODABLE: {
    cause: "the runtime's metadata is of a version this client cannot read",
    remedy: "update the client",
    retry: "never",
  },
  STATE_UNDECODABLE: {
    cause: "bytes in state do not have the type that the runtime's metadata gives them",
    remedy: "report it with the block hash; the endpoint may be faulty, try another one",
    retry: "never",
  },
  RUNTIME_UNSUPPORTED: {
    cause: "this runtime has no such call, storage item or runtime API",
    remedy: "use the older way the message names, or a chain with a newer runtime",
    retry: "never",
  },
  CALL_UNENCODABLE: {
    cause: "the arguments of a call do not have the types of the runtime's metadata",
    remedy: "correct the argument which the message names",
    retry: "never",
  },
  SUBNET_NOT_FOUND: {
    cause: "there is no subnet with that netuid at that block",
    remedy: "check the netuid and the network",
    retry: "never",
  },
  MECHANISM_NOT_FOUND: {
    cause: "the subnet has fewer mechanisms than the mecid asks for",
    remedy: "use a mecid below the subnet's mechanism count",
    retry: "never",
  },
} as const satisfies Record<string, ErrorEntry & { retry: Retry }>;

/** When the same call may succeed. */
export type Retry = "elsewhere" | "later" | "never";

/** Codes of every error thrown by this package's client. */
export type ChainCode = keyof typeof CHAIN_ERRORS;

/** A failure of the chain or of the way to it. */
export function chainError(
  code: ChainCode,
  message: string,
  context: Record<string, unknown> = {},
  cause?: unknown,
): CodedError<ChainCode> {
  return new CodedError<ChainCode>(code, message, context, cause === undefined ? {} : { cause });
}

/** Whether and when to repeat a call that failed with this error; the one place that decides. */
export function retryOf(error: unknown): Retry {
  if (!(error instanceof CodedError)) return "never";
  const code: string = error.code;
  return isChainCode(code) ? CHAIN_ERRORS[code].retry : "never";
}

function isChainCode(code: string): code is ChainCode {
  return Object.hasOwn(CHAIN_ERRORS, code);
}
