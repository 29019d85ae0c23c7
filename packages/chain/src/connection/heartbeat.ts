import { type CodedError, isCoded } from "@neurond/primitives";
import type { Runtime } from "../codec/runtime.ts";
import { pause, withDeadline } from "../deadline.ts";
import { type ChainCode, chainError } from "../errors.ts";
import type { Head } from "../head.ts";
import type { Session } from "./handshake.ts";
import { parseHeader } from "./header.ts";
import type { RpcSocket } from "./rpc-socket.ts";

/** How the life of a connection is judged. */
export interface HeartbeatOptions {
  /** No new block for this long: dead. 0 = a chain that makes blocks on demand; undefined = three block times. */
  readonly stallMs: number | undefined;
  /** Between two probes. */
  readonly probeMs: number;
  /** For the answer to a probe. */
  readonly probeTimeoutMs: number;
}

/** Blocks without a successor after which a chain counts as standing. */
const MISSED_BLOCKS = 3;
/** Announced heads may trail the probe by this many blocks before the subscription counts as mute. */
const TOLERATED_LAG = 2;
const DEFAULT_BLOCK_MS = 12_000;

/**
 * Passes on the new heads of a connection and ends it when it is dead: no answer to a probe, a
 * head subscription which fell silent while the chain went on, or no new block although the socket
 * is open. Returns when the socket ends or the signal fires; the reason is the socket's.
 */
export async function watchOver(
  session: Session,
  options: HeartbeatOptions,
  onHead: (head: Head) => void,
  signal: AbortSignal,
): Promise<void> {
  const { socket } = session;
  try {
    const announced = await followHeads(session, options, onHead, signal);
    await probe(session, options, announced, onHead, signal);
  } catch (error) {
    if (!signal.aborted) socket.fail(deathOf(socket, error));
  }
}

/** Subscribes; answers with what tells the head announced last. */
async function followHeads(
  { socket, best }: Session,
  { probeTimeoutMs }: HeartbeatOptions,
  onHead: (head: Head) => void,
  signal: AbortSignal,
): Promise<() => Head> {
  let announced = best;
  const onHeader = (header: unknown) => {
    if (signal.aborted) return;
    try {
      announced = parseHeader(header);
      onHead(announced);
    } catch (error) {
      socket.fail(deathOf(socket, error));
    }
  };
  await withDeadline("subscribe", { signal }, probeTimeoutMs, (inner) =>
    socket.subscribe("chain_subscribeNewHeads", [], onHeader, inner),
  );
  return () => announced;
}

async function probe(
  { socket, runtime }: Session,
  options: HeartbeatOptions,
  announced: () => Head,
  onHead: (head: Head) => void,
  signal: AbortSignal,
): Promise<void> {
  const { probeMs, probeTimeoutMs, stallMs = MISSED_BLOCKS * blockTimeMs(runtime) } = options;
  let last = { number: -1, since: performance.now() };
  let silences = 0;
  while (socket.isOpen) {
    await pause(probeMs, signal);
    const before = announced().number;
    const head = await withDeadline("probe", { signal }, probeTimeoutMs, (inner) =>
      socket.request("chain_getHeader", [], inner),
    ).then(parseHeader);
    if (head.number !== last.number) last = { number: head.number, since: performance.now() };
    else if (stallMs > 0 && performance.now() - last.since > stallMs) {
      throw stalled(socket, `no new block for ${stallMs} ms`);
    }
    // Twice in a row and by several blocks: a notification in flight is not a fault.
    const silent = head.number - before > TOLERATED_LAG && announced().number === before;
    silences = silent ? silences + 1 : 0;
    if (silent) onHead(head);
    if (silences > 1) throw stalled(socket, "new blocks are no longer announced");
  }
}

/** Aura's slot: twice the minimum period. */
function blockTimeMs(runtime: Runtime): number {
  const period = runtime.constant("Timestamp", "MinimumPeriod");
  return typeof period === "bigint" ? Number(period) * 2 : DEFAULT_BLOCK_MS;
}

function deathOf(socket: RpcSocket, error: unknown): CodedError<ChainCode> {
  if (isCoded<ChainCode>(error) && error.code !== "DEADLINE_EXCEEDED") return error;
  return stalled(socket, "stopped answering", error);
}

function stalled({ endpoint }: RpcSocket, what: string, cause?: unknown): CodedError<ChainCode> {
  return chainError("CONNECTION_STALLED", `${endpoint}: ${what}`, { endpoint }, cause);
}
