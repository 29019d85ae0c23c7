import {
  blockCommitments,
  blockHash,
  clock,
  events,
  head,
  scanCommitments,
  watchHeads,
} from "./blocks.ts";
import type { Chain } from "./chain.ts";
import type { ConnectOptions } from "./connect.ts";
import { ChainContext } from "./context.ts";
import type { ReadOptions } from "./options.ts";
import { readAccount } from "./reads/account.ts";
import { readCommitment, readCommitments, readRevealedCommitments } from "./reads/commitments.ts";
import { readEpochSchedule } from "./reads/epoch-schedule.ts";
import { readHyperparameters } from "./reads/hyperparameters.ts";
import { readMetagraph } from "./reads/metagraph.ts";
import { readPendingCommits } from "./reads/pending-commits.ts";
import { readOwner, readRegistration } from "./reads/registration.ts";
import { readAxon, readCertificate, readPrometheus } from "./reads/serving.ts";
import { readHotkeyStake, readStake } from "./reads/stake.ts";
import { readMechanismCount, readSubnets } from "./reads/subnets.ts";
import { readBonds, readWeights } from "./reads/weights.ts";
import { readWindows } from "./reads/windows.ts";
import type { State } from "./state.ts";
import { addStake } from "./writes/add-stake.ts";
import { burnedRegister } from "./writes/burned-register.ts";
import { commitTimelockedWeights } from "./writes/commit-timelocked-weights.ts";
import { commitWeights } from "./writes/commit-weights.ts";
import { revealWeights } from "./writes/reveal-weights.ts";
import { serveAxon } from "./writes/serve-axon.ts";
import { servePrometheus } from "./writes/serve-prometheus.ts";
import { setCommitment } from "./writes/set-commitment.ts";
import { setWeights } from "./writes/set-weights.ts";
import { submitCall } from "./writes/submit-call.ts";
import { submitWeights } from "./writes/submit-weights.ts";

/** Opens a client: one connection, and every action bound to it. */
export async function openChain(options: ConnectOptions, signal?: AbortSignal): Promise<Chain> {
  const context = await ChainContext.open(options, signal);

  /** An action on a state as a method of the port: same parameter, bounded, at the block asked for. */
  const read =
    <P, T>(action: (state: State, parameter: P) => Promise<T>) =>
    (parameter: P, limits: ReadOptions = {}): Promise<T> =>
      context.read(action.name, limits, (state) => action(state, parameter));

  /** An action of (context, …) as a method of the port. */
  const bind =
    <A extends unknown[], T>(action: (context: ChainContext, ...rest: A) => T) =>
    (...rest: A): T =>
      action(context, ...rest);

  return {
    status: () => context.connection.status(),
    watchHeads: bind(watchHeads),

    head: bind(head),
    blockHash: bind(blockHash),
    clock: bind(clock),
    events: bind(events),
    storage: (pallet, item, keys = [], limits = {}) =>
      context.read("storage", limits, (state) => state.get(pallet, item, ...keys)),

    subnets: (limits = {}) => context.read("subnets", limits, readSubnets),
    metagraph: read(readMetagraph),
    hyperparameters: read(readHyperparameters),
    epochSchedule: read(readEpochSchedule),
    mechanismCount: read(readMechanismCount),

    account: read(readAccount),
    owner: read(readOwner),
    registration: read(readRegistration),
    stake: read(readStake),
    hotkeyStake: read(readHotkeyStake),
    windows: read(readWindows),

    weights: read(readWeights),
    bonds: read(readBonds),
    pendingCommits: read(readPendingCommits),

    commitment: read(readCommitment),
    commitments: read(readCommitments),
    revealedCommitments: read(readRevealedCommitments),
    scanCommitments: bind(scanCommitments),
    blockCommitments: bind(blockCommitments),

    axon: read(readAxon),
    prometheus: read(readPrometheus),
    certificate: read(readCertificate),

    submitWeights: bind(submitWeights),
    setWeights: bind(setWeights),
    commitWeights: bind(commitWeights),
    revealWeights: bind(revealWeights),
    commitTimelockedWeights: bind(commitTimelockedWeights),
    setCommitment: bind(setCommitment),
    serveAxon: bind(serveAxon),
    servePrometheus: bind(servePrometheus),
    burnedRegister: bind(burnedRegister),
    addStake: bind(addStake),
    submitCall: bind(submitCall),

    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
