import { drandKeyFromSeed } from "@neurond/crypto";
import { CodedError, decodeSs58, domainHash, toHex } from "@neurond/primitives";
import { type Control, controlOf } from "./control.ts";
import type { DevnetCode } from "./errors.ts";
import { type GenesisOptions, writeGenesis } from "./genesis/genesis.ts";
import { virtualClock, wallClock } from "./node/clock.ts";
import { Node } from "./node/node.ts";
import { type BlockMode, Producer } from "./node/producer.ts";
import { openStateFile, type StateFile } from "./node/state-file.ts";
import { localBeaconConfig } from "./pallets/drand/beacon.ts";
import { BeaconConfig } from "./pallets/drand/storage.ts";
import { guard } from "./pallets/subtensor/guards/guard.ts";
import { type ProfileName, profiles } from "./profile.ts";
import type { Limits } from "./server/limits.ts";
import { listen, type RpcServer } from "./server.ts";
import { createRuntime } from "./subtensor-runtime.ts";

export interface DevnetOptions extends Partial<GenesisOptions> {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Loopback by default: whoever reaches the port rules the chain. */
  readonly host?: string;
  /** When blocks are made: in even intervals (default), after each submission, or when asked. */
  readonly mode?: BlockMode;
  /** 12,000 unless told otherwise. */
  readonly blockTimeMs?: number;
  /** So many blocks are not final; 0 by default. */
  readonly finalityLag?: number;
  /** Blocks that keep their state; all of them by default. */
  readonly pruning?: number;
  /** A chain of this file goes on; its genesis then wins over the options. */
  readonly stateFile?: string;
  /** The runtime that clients see; today's by default. */
  readonly profile?: ProfileName;
  readonly specVersion?: number;
  /** Of the drand key, so that the same seed gives the same chain. */
  readonly seed?: string;
  /** Time of block 0 in the modes `instant` and `manual`, milliseconds since 1970. */
  readonly genesisTime?: number;
  /** Whether the chain plays drand itself; without it pulses must be written to it. */
  readonly beacon?: boolean;
  readonly cors?: boolean;
  readonly limits?: Partial<Limits>;
  /** Hears of faults of the devnet itself; the process's warnings by default. */
  readonly onFault?: (error: unknown) => void;
}

/** A running development chain. Accounts are ss58 here, as in its JSON-RPC. */
export interface Devnet extends Omit<Control, "fund">, AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The same blocks as `newBlocks`, by the name that says what it is for. */
  jump(count: number): Promise<string>;
  fund(account: string, rao: bigint): void;
  /** Sockets that are open now. */
  socketCount(): number;
  close(): Promise<void>;
}

const DEFAULT_GENESIS_MS = Date.UTC(2026, 0, 1);

/**
 * Starts a chain and its server.
 *
 * @throws CodedError PORT_IN_USE, OPTION_INVALID, STATE_FILE_CORRUPT, STATE_FILE_IN_USE,
 * STATE_FILE_UNREADABLE
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { mode = "interval", blockTimeMs = 12_000, onFault = warn } = options;
  checkOptions(options);
  const stateFile = options.stateFile === undefined ? undefined : openStateFile(options.stateFile);
  let server: RpcServer | undefined;
  let producer: Producer | undefined;
  const release = async () => {
    producer?.close();
    await server?.close();
    stateFile?.close();
  };
  try {
    const node = makeNode(options, stateFile, onFault);
    producer = new Producer({ node, mode, intervalMs: blockTimeMs, onFailure: onFault });
    const { host = "127.0.0.1", port = 0, cors = false, limits = {} } = options;
    const services = { node, producer };
    server = await listen({ services, host, port, cors, limits, onBug: onFault });
    producer.start();
    return handle({ ...services, faults: server.faults }, host, server, release);
  } catch (error) {
    await release();
    throw error;
  }
}

function makeNode(
  options: DevnetOptions,
  stateFile: StateFile | undefined,
  onFault: (error: unknown) => void,
): Node {
  const { profile = "424", mode = "interval", blockTimeMs = 12_000 } = options;
  const { genesisTime = DEFAULT_GENESIS_MS, beacon: isBeacon = true, seed = "neurond" } = options;
  const beacon = isBeacon ? drandKeyFromSeed(seedBytes(seed)) : undefined;
  return new Node({
    code: { profile, specVersion: options.specVersion ?? profiles[profile].specVersion },
    runtimeOf: (code) => createRuntime({ ...code, beacon, slotDurationMs: blockTimeMs }),
    guard,
    genesis(state) {
      writeGenesis(state, { ...options, preset: options.preset ?? "upstream" });
      if (beacon) BeaconConfig.set(state, [], localBeaconConfig(beacon.publicKey));
    },
    clock: mode === "interval" ? wallClock() : virtualClock(genesisTime, blockTimeMs),
    blockTimeMs,
    onBroken: onFault,
    ...(options.finalityLag !== undefined && { finalityLag: options.finalityLag }),
    ...(options.pruning !== undefined && { pruning: options.pruning }),
    ...(stateFile && { journal: stateFile }),
  });
}

const seedBytes = (seed: string) =>
  domainHash("neurond/devnet/beacon", new TextEncoder().encode(seed));

function handle(
  services: Parameters<typeof controlOf>[0],
  host: string,
  server: RpcServer,
  release: () => Promise<void>,
): Devnet {
  const control = controlOf(services);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= release();
    return closing;
  };
  return {
    ...control,
    jump: control.newBlocks,
    fund: (account, rao) => control.fund(toHex(decodeSs58(account)), rao),
    url: `ws://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    socketCount: server.socketCount,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function checkOptions(options: DevnetOptions): void {
  const { blockTimeMs = 1, finalityLag = 0, pruning = 1, port = 0 } = options;
  requireInteger("block time", blockTimeMs, 1, 86_400_000);
  requireInteger("finality lag", finalityLag, 0, 1_000_000);
  requireInteger("pruning", pruning, 1, 0xffff_ffff);
  requireInteger("port", port, 0, 65_535);
}

function requireInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CodedError<DevnetCode>(
    "OPTION_INVALID",
    `${name} ${value} is out of range: give an integer from ${min} to ${max}`,
    { name, value },
  );
}

const warn = (error: unknown) =>
  process.emitWarning(error instanceof Error ? error : String(error), "DevnetFault");
