export type {
  Account,
  At,
  AxonAnnouncement,
  Call,
  CallOptions,
  Chain,
  ChainClock,
  ChainEvent,
  ChainStatus,
  Head,
  MechanismId,
  NeuronId,
  NewHead,
  PendingCommit,
  ReadOptions,
  Registration,
  RevealableWeights,
  Signer,
  Weight,
  WeightsByHotkey,
  WeightsRow,
  WeightsSubmission,
  WeightsVector,
  Windows,
  WriteOptions,
} from "./chain.ts";
export type {
  Commitment,
  CommitmentField,
  CommitmentSeen,
  RevealedCommitment,
} from "./commitment.ts";
export { type ConnectOptions, connectChain } from "./connect.ts";
export { CHAIN_ERRORS, type ChainCode, type Retry, retryOf } from "./errors.ts";
export type { Hyperparameters } from "./hyperparameters.ts";
export type { Metagraph, Neuron } from "./metagraph.ts";
export {
  NETWORKS,
  type Network,
  type NetworkCode,
  type NetworkRequest,
  resolveNetwork,
} from "./networks.ts";
export type { Axon, Certificate, Prometheus } from "./serving.ts";
export type { Refusal, RefusalCode, Submission } from "./submission.ts";
