import type { Keypair } from "@neurond/crypto";
import type {
  BlockNumber,
  Coldkey,
  EpochSchedule,
  Hex,
  Hotkey,
  Mecid,
  Netuid,
  Rao,
  Uid,
} from "@neurond/primitives";
import type {
  Commitment,
  CommitmentField,
  CommitmentSeen,
  RevealedCommitment,
} from "./commitment.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Metagraph } from "./metagraph.ts";
import type { Axon, Certificate, Prometheus } from "./serving.ts";
import type { Submission } from "./submission.ts";

/** Limits of one call. Without `timeoutMs` the client's own deadline holds. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** A block: by hash, by height, or by role. */
export type At = Hex | BlockNumber | "best" | "finalized";

/** Limits of a read, and the block it reads (default: best). */
export interface ReadOptions extends CallOptions {
  readonly at?: At;
}

/** Limits of a write, and how sure to be before it counts as included (default: best). */
export interface WriteOptions extends CallOptions {
  readonly until?: "best" | "finalized";
}

/** What signs an extrinsic. */
export type Signer = Pick<Keypair, "publicKey" | "scheme" | "sign">;

/** A block header, as far as it matters here. */
export interface Head {
  readonly number: BlockNumber;
  readonly hash: Hex;
  readonly parentHash: Hex;
}

/** A new best block; `fellBackFrom` when the height went down (reorganisation, restarted node). */
export interface NewHead extends Head {
  readonly fellBackFrom?: BlockNumber;
}

/** The connection as it is now; costs no request. */
export interface ChainStatus {
  readonly endpoint: string | undefined;
  readonly connected: boolean;
  /** The endpoint answers, but no new block came for the stall time. */
  readonly stalled: boolean;
  readonly genesisHash: Hex;
  readonly specVersion: number;
  readonly best: Head | undefined;
  /** Milliseconds since the last new best block was seen. */
  readonly headAgeMs: number;
  /** Connections opened since start, including the first. */
  readonly connections: number;
  /** How often the best height went down. */
  readonly fallbacks: number;
  readonly lastError: Error | undefined;
}

/** Chain time against the local clock. */
export interface ChainClock {
  /** `Timestamp.Now` of the block. */
  readonly chainMs: number;
  /**
   * Local minus chain time. A block is up to one block time old when read, so between 0 and
   * `blockTimeMs` (plus latency) is normal.
   */
  readonly clockSkewMs: number;
  /** Measured over the last blocks; falls back to the runtime's constant near genesis. */
  readonly blockTimeMs: number;
  /** Skew beyond what block age explains: the clock is wrong, or the chain stands still. */
  readonly suspect: boolean;
}

/** Balance and nonce of an account; zero for one that does not exist. */
export interface Account {
  readonly nonce: number;
  readonly free: Rao;
  readonly reserved: Rao;
  readonly frozen: Rao;
}

/** Whether a hotkey holds a uid, and since when: carry all three, a uid changes hands. */
export type Registration =
  | {
      readonly kind: "registered";
      readonly hotkey: Hotkey;
      readonly uid: Uid;
      readonly blockAtRegistration: BlockNumber;
    }
  | { readonly kind: "unregistered"; readonly hotkey: Hotkey };

/** A (uid, u16) pair of a weights or bonds row. */
export interface Weight {
  readonly uid: Uid;
  readonly value: number;
}

/** Weights (or bonds) that one neuron gives, as stored. */
export interface WeightsRow {
  readonly uid: Uid;
  readonly weights: readonly Weight[];
}

/** Which limits stand between a hotkey and its next write; blocks counted from the next block. */
export interface Windows {
  readonly registration: Registration;
  /** 0 = open. */
  readonly weightsBlocks: number;
  readonly axonBlocks: number;
  readonly prometheusBlocks: number;
  readonly commitmentBytesLeft: number;
  /** Block from which `commitmentBytesLeft` is whole again. */
  readonly commitmentResetsAt: BlockNumber;
}

/** Weight commits of a hotkey that wait for their reveal. */
export interface PendingCommit {
  readonly kind: "hash" | "timelocked";
  readonly block: BlockNumber;
  /** `hash`: the committed hash; `timelocked`: blake2-256 of the ciphertext. */
  readonly hash: Hex;
  /** Drand round, for `timelocked`. */
  readonly round: bigint | undefined;
  /** Epoch of the commit where the runtime counts epochs. */
  readonly epoch: bigint;
}

/** An event of a block with its fields by name (or position). */
export interface ChainEvent {
  readonly pallet: string;
  readonly name: string;
  readonly fields: unknown;
  /** Index of the extrinsic that caused it; undefined for block initialisation and finalisation. */
  readonly extrinsic: number | undefined;
}

/** A call by its names in the metadata; arguments by their names, in plain values. */
export interface Call {
  readonly pallet: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A subnet mechanism. */
export interface MechanismId {
  readonly netuid: Netuid;
  readonly mecid?: Mecid;
}

/** A hotkey on a subnet. */
export interface NeuronId {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
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

/** Scores by hotkey; uids are found at submission, from state, never from an older snapshot. */
export interface WeightsByHotkey extends MechanismId {
  readonly scores: ReadonlyMap<Hotkey, bigint>;
  /**
   * Block of the metagraph the scores were made from: a uid registered later is a newcomer, and a
   * hotkey which lost its uid since is dropped.
   */
  readonly scoredAt?: BlockNumber;
  readonly versionKey?: bigint;
}

/** A row in wire form. */
export interface WeightsVector extends MechanismId {
  readonly weights: readonly Weight[];
  readonly versionKey?: bigint;
}

/** What v2 commit-reveal must remember until the reveal is final. */
export interface RevealableWeights extends WeightsVector {
  readonly salt: readonly number[];
}

/** Result of `submitWeights`: what was sent, and what to keep or wait for. */
export interface WeightsSubmission {
  readonly submission: Submission;
  /** The way the subnet's state asked for. */
  readonly path: "plain" | "hash" | "timelocked";
  /** Hotkeys that hold no uid (any more), or hold it since after the scoring, and were left out. */
  readonly dropped: readonly Hotkey[];
  /** Uids that changed hands in the blocks between sending and inclusion: submit again when you may. */
  readonly recycled: readonly Uid[];
  /** The row as submitted. */
  readonly weights: readonly Weight[];
  /** `hash` only: needed for the reveal. Store it before anything else. */
  readonly reveal: RevealableWeights | undefined;
  /** `hash`: first block in which it may be revealed; `timelocked`: block of the reveal epoch. */
  readonly revealBlock: BlockNumber | undefined;
  /** `timelocked` only. */
  readonly round: bigint | undefined;
}

/** A Bittensor chain: plain data in and out. Adapter: `connectChain`. */
export interface Chain extends AsyncDisposable {
  status(): ChainStatus;
  /** New best blocks from now on; heights may go down. Slow readers skip blocks, never queue. */
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
