import type { Head } from "../chain.ts";
import { pause, withDeadline } from "../deadline.ts";
import { chainError } from "../errors.ts";
import { parseHeader } from "./header.ts";
import type { RpcSocket } from "./rpc-socket.ts";

/** How the life of a connection is judged. */
export interface HeartbeatOptions {
  /** No new block for this long: dead. 0 = a chain that makes blocks on demand. */
  readonly stallMs: number;
  /** Between two probes. */
  readonly probeMs: number;
  /** For the answer to a probe. */
  readonly probeTimeoutMs: number;
}

/** Announced heads may trail the probe by this many blocks before the subscription counts as mute. */
const TOLERATED_LAG = 2;

/**
 * Watches one connection and ends it when it is dead: no answer to a probe, a head subscription
 * which fell silent while the chain went on, or no new block although the socket is open.
 * Runs until the socket ends or the signal fires.
 */
export async function watchOver(
  socket: RpcSocket,
  options: HeartbeatOptions,
  announced: () => Head | undefined,
  onHead: (head: Head) => void,
  signal: AbortSignal,
): Promise<void> {
  const { stallMs, probeMs, probeTimeoutMs } = options;
  let last = { number: -1, since: performance.now() };
  let mute = 0;
  while (socket.isOpen) {
    await pause(probeMs, signal);
    const before = announced()?.number ?? -1;
    const head = await withDeadline("probe", { signal }, probeTimeoutMs, (inner) =>
      socket.request("chain_getHeader", [], inner),
    ).then(parseHeader);
    if (head.number !== last.number) last = { number: head.number, since: performance.now() };
    else if (stallMs > 0 && performance.now() - last.since > stallMs) {
      throw stalled(socket, `no new block for ${stallMs} ms`);
    }
    // Twice in a row and by several blocks: a notification in flight is not a fault.
    const silent = head.number - before > TOLERATED_LAG && (announced()?.number ?? -1) === before;
    mute = silent ? mute + 1 : 0;
    if (silent) onHead(head);
    if (mute > 1) throw stalled(socket, "new blocks are no longer announced");
  }
}

function stalled(socket: RpcSocket, what: string): Error {
  return chainError("CONNECTION_STALLED", `${socket.endpoint}: ${what}`, {
    endpoint: socket.endpoint,
  });
}
