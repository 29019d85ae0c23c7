import type { Hex } from "@neurond/primitives";
import { isCoded } from "@neurond/primitives";
import type { Runtime } from "../codec/runtime.ts";
import { withDeadline } from "../deadline.ts";
import { type ChainCode, chainError } from "../errors.ts";
import type { Head } from "../head.ts";
import { isBlockHash, parseHeader } from "./header.ts";
import { RpcSocket } from "./rpc-socket.ts";
import type { Runtimes } from "./runtimes.ts";

/** A socket to the right chain that has answered. */
export interface Session {
  readonly socket: RpcSocket;
  readonly genesisHash: Hex;
  readonly runtime: Runtime;
  readonly best: Head;
}

/**
 * Opens an endpoint and learns what it is. On any failure the socket is gone.
 * An endpoint of another chain is refused: mixing chains would mix up weights.
 */
export async function openSession(
  endpoint: string,
  expected: { readonly genesisHash: Hex | undefined; readonly runtimes: Runtimes },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Session> {
  let socket: RpcSocket | undefined;
  try {
    return await withDeadline(`connect to ${endpoint}`, { signal }, timeoutMs, async (inner) => {
      socket = await RpcSocket.open(endpoint, inner);
      return greet(socket, expected, inner);
    });
  } catch (error) {
    socket?.[Symbol.dispose]();
    throw isCoded<ChainCode>(error, "DEADLINE_EXCEEDED") ? tooSlow(endpoint, socket, error) : error;
  }
}

async function greet(
  socket: RpcSocket,
  { genesisHash, runtimes }: { genesisHash: Hex | undefined; runtimes: Runtimes },
  signal: AbortSignal,
): Promise<Session> {
  const rpc = (method: string, params: readonly unknown[]) =>
    socket.request(method, params, signal);
  const genesis = await rpc("chain_getBlockHash", [0]);
  if (!isBlockHash(genesis)) {
    throw chainError("RPC_MALFORMED", `${socket.endpoint} did not name its genesis block`);
  }
  if (genesisHash !== undefined && genesis !== genesisHash) {
    throw chainError("ENDPOINT_WRONG_CHAIN", `${socket.endpoint} is a node of another chain`, {
      endpoint: socket.endpoint,
      expected: genesisHash,
      found: genesis,
    });
  }
  const best = parseHeader(await rpc("chain_getHeader", []));
  const runtime = await runtimes.at(rpc, best.hash);
  return { socket, genesisHash: genesis, runtime, best };
}

function tooSlow(endpoint: string, socket: RpcSocket | undefined, cause: Error): Error {
  return socket === undefined
    ? chainError("ENDPOINT_UNREACHABLE", `${endpoint} did not open in time`, { endpoint }, cause)
    : chainError(
        "CONNECTION_STALLED",
        `${endpoint} accepts connections but does not answer`,
        { endpoint },
        cause,
      );
}
