/** What a JSON-RPC call answers instead of a result. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
/** Base of this node's own refusals, as limits. */
export const SERVER_ERROR = -32_000;

export const methodNotFound = () => new RpcError(METHOD_NOT_FOUND, "Method not found");
export const invalidParams = (reason: string) =>
  new RpcError(INVALID_PARAMS, "Invalid params", reason);

/** Errors of the client behind `state_*`: unknown blocks, pruned states, failed executions. */
const CLIENT_ERROR = 4_003;
export const clientError = (reason: string) =>
  new RpcError(CLIENT_ERROR, `Client error: ${reason}`);
export const unknownBlock = (hash: string) =>
  clientError(`UnknownBlock: Header was not found in the database: ${hash}`);
export const stateDiscarded = (hash: string) =>
  clientError(`UnknownBlock: State already discarded for ${hash}`);
