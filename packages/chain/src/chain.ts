import type {
  BlockNumber,
  Coldkey,
  EpochSchedule,
  Hex,
  Hotkey,
  Mecid,
  Netuid,
  Rao,
} from "@neurond/primitives";
import type {
  BlockCommitments,
  Commitment,
  CommitmentField,
  CommitmentSeen,
  RevealedCommitment,
} from "./commitment.ts";
import type { ChainClock, ChainEvent, ChainStatus, Head, NewHead } from "./head.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Metagraph } from "./metagraph.ts";
import type { Account, NeuronId, Registration, Windows } from "./neuron.ts";
import type { CallOptions, ReadOptions, Signer, WriteOptions } from "./options.ts";
import type { Axon, Certificate, Prometheus } from "./serving.ts";
import type { Submission } from "./submission.ts";
import type {
  MechanismId,
  PendingCommit,
  RevealableWeights,
  WeightsByHotkey,
  WeightsRow,
  WeightsSubmission,
  WeightsVector,
} from "./weights.ts";

/** A call by its names in the metadata; arguments by their names, in plain values. */
export interface Call {
  readonly pallet: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What `serveAxon` announces; with `certificate` (algorithm byte, then key) the TLS form is used. */
export interface AxonAnnouncement {
  readonly netuid: Netuid;
  readonly version: number;
  readonly ip: string;
  readonly port: number;
  readonly protocol?: number;
  readonly certificate?: Uint8Array;
}

/** A Bittensor chain: plain data in and out. Adapter: `connectChain`. */
export interface Chain extends AsyncDisposable {
  status(): ChainStatus;
  /** The present best block, then each new one; heights may go down. Slow readers skip, never queue. */
  watchHeads(options?: CallOptions): AsyncIterable<NewHead>;

  head(options?: ReadOptions): Promise<Head>;
  /** `undefined` when there is no block of that height yet. */
  blockHash(block: BlockNumber, options?: CallOptions): Promise<Hex | undefined>;
  clock(options?: ReadOptions): Promise<ChainClock>;
  events(options?: ReadOptions): Promise<readonly ChainEvent[]>;
  /** Any storage value by its names in the metadata; `undefined` when absent and optional. */
  storage(
    pallet: string,
    item: string,
    keys?: readonly unknown[],
    options?: ReadOptions,
  ): Promise<unknown>;

  subnets(options?: ReadOptions): Promise<readonly Netuid[]>;
  metagraph(id: MechanismId, options?: ReadOptions): Promise<Metagraph>;
  hyperparameters(netuid: Netuid, options?: ReadOptions): Promise<Hyperparameters>;
  epochSchedule(netuid: Netuid, options?: ReadOptions): Promise<EpochSchedule>;
  mechanismCount(netuid: Netuid, options?: ReadOptions): Promise<number>;

  account(key: Hotkey | Coldkey, options?: ReadOptions): Promise<Account>;
  /** Coldkey that owns a hotkey. */
  owner(hotkey: Hotkey, options?: ReadOptions): Promise<Coldkey | undefined>;
  registration(id: NeuronId, options?: ReadOptions): Promise<Registration>;
  /** Alpha (root: TAO) that one coldkey has behind one hotkey. */
  stake(id: NeuronId & { readonly coldkey: Coldkey }, options?: ReadOptions): Promise<Rao>;
  /** Alpha (root: TAO) behind a hotkey, of all coldkeys. */
  hotkeyStake(id: NeuronId, options?: ReadOptions): Promise<Rao>;
  windows(id: NeuronId & { readonly mecid?: Mecid }, options?: ReadOptions): Promise<Windows>;

  weights(id: MechanismId, options?: ReadOptions): Promise<readonly WeightsRow[]>;
  bonds(id: MechanismId, options?: ReadOptions): Promise<readonly WeightsRow[]>;
  pendingCommits(
    id: NeuronId & { readonly mecid?: Mecid },
    options?: ReadOptions,
  ): Promise<readonly PendingCommit[]>;

  commitment(id: NeuronId, options?: ReadOptions): Promise<Commitment | undefined>;
  commitments(netuid: Netuid, options?: ReadOptions): Promise<readonly Commitment[]>;
  revealedCommitments(
    netuid: Netuid,
    options?: ReadOptions,
  ): Promise<readonly RevealedCommitment[]>;
  /** Every commitment set in the blocks `from`..`to`, also inside batches and proxies. */
  scanCommitments(
    range: { readonly from: BlockNumber; readonly to: BlockNumber; readonly netuid?: Netuid },
    options?: CallOptions,
  ): AsyncIterable<CommitmentSeen>;
  /** Commitments of one block; from its body alone where the node has discarded the state. */
  blockCommitments(
    id: { readonly block: BlockNumber; readonly netuid: Netuid },
    options?: CallOptions,
  ): Promise<BlockCommitments>;

  axon(id: NeuronId, options?: ReadOptions): Promise<Axon | undefined>;
  prometheus(id: NeuronId, options?: ReadOptions): Promise<Prometheus | undefined>;
  certificate(id: NeuronId, options?: ReadOptions): Promise<Certificate | undefined>;

  /** Scores by hotkey, the way the subnet asks for: plain, hash commit, or timelocked commit. */
  submitWeights(
    signer: Signer,
    weights: WeightsByHotkey,
    options?: WriteOptions,
  ): Promise<WeightsSubmission>;
  setWeights(signer: Signer, weights: WeightsVector, options?: WriteOptions): Promise<Submission>;
  commitWeights(
    signer: Signer,
    weights: RevealableWeights,
    options?: WriteOptions,
  ): Promise<Submission>;
  revealWeights(
    signer: Signer,
    weights: RevealableWeights,
    options?: WriteOptions,
  ): Promise<Submission>;
  /** Encrypts to the drand round of the reveal epoch and commits. */
  commitTimelockedWeights(
    signer: Signer,
    weights: WeightsVector,
    options?: WriteOptions,
  ): Promise<Submission & { readonly round?: bigint; readonly revealBlock?: BlockNumber }>;
  setCommitment(
    signer: Signer,
    commitment: { readonly netuid: Netuid; readonly fields: readonly CommitmentField[] },
    options?: WriteOptions,
  ): Promise<Submission>;
  serveAxon(signer: Signer, axon: AxonAnnouncement, options?: WriteOptions): Promise<Submission>;
  servePrometheus(
    signer: Signer,
    prometheus: Omit<AxonAnnouncement, "protocol" | "certificate">,
    options?: WriteOptions,
  ): Promise<Submission>;
  /** Signed by the coldkey. */
  burnedRegister(signer: Signer, id: NeuronId, options?: WriteOptions): Promise<Submission>;
  /** Signed by the coldkey. */
  addStake(
    signer: Signer,
    stake: NeuronId & { readonly amount: Rao },
    options?: WriteOptions,
  ): Promise<Submission>;
  /** Any call; inner results of sudo, batch and proxy are looked at. */
  submitCall(signer: Signer, call: Call, options?: WriteOptions): Promise<Submission>;
}
