export { axonUrl } from "./axon-url.ts";
export type { AxonAnnouncement, Call, Chain } from "./chain.ts";
export type {
  BlockCommitments,
  Commitment,
  CommitmentField,
  CommitmentSeen,
  RevealedCommitment,
} from "./commitment.ts";
export { type ConnectOptions, connectChain } from "./connect.ts";
export { connectOptions } from "./connect-options.ts";
export { type Endpoint, ensureAxon } from "./ensure-axon.ts";
export { CHAIN_ERRORS, type ChainCode, type Retry, retryOf } from "./errors.ts";
export type { ChainClock, ChainEvent, ChainStatus, Head, NewHead } from "./head.ts";
export type { Hyperparameters } from "./hyperparameters.ts";
export type { Metagraph, Neuron } from "./metagraph.ts";
export {
  NETWORK_ERRORS,
  NETWORKS,
  type Network,
  type NetworkCode,
  type NetworkRequest,
  resolveNetwork,
} from "./networks.ts";
export type { Account, NeuronId, Registration, Windows } from "./neuron.ts";
export type { At, CallOptions, ReadOptions, Signer, WriteOptions } from "./options.ts";
export { isPrivateAddress } from "./private-address.ts";
export type { Axon, Certificate, Prometheus } from "./serving.ts";
export type { Refusal, RefusalCode, Submission } from "./submission.ts";
export type {
  MechanismId,
  PendingCommit,
  RevealableWeights,
  Weight,
  WeightsByHotkey,
  WeightsRow,
  WeightsSubmission,
  WeightsVector,
} from "./weights.ts";
