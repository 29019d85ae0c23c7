import type { QuorumRules } from "@neurond/consensus";
import type { FamilyId } from "@neurond/ledger";
import type { Mecid, Micro } from "@neurond/primitives";
import type { RunPlan } from "./run-plan.ts";

/** What all validators of a subnet must have in common, so that they come to the same weights. */
export interface Rules {
  readonly plan: RunPlan;
  readonly quorum: QuorumRules;
  /** Least stake of a validator that is heard, in rao. */
  readonly minStakeRao: bigint;
  /** The part of the weights that each family shares out; what is left goes to uid 0. */
  readonly families: ReadonlyMap<FamilyId, Micro>;
  readonly mecid: Mecid;
  /** Settled tasks below which a miner is left out of a report. */
  readonly minTasks: number;
  /** Whether a peer's report without a commitment is dropped. */
  readonly requireCommitment: boolean;
}

/** How this validator goes about it; others need not do the same. */
export interface Manners {
  readonly probesAtOnce: number;
  readonly gossipAtOnce: number;
  readonly gossipTimeoutMs: number;
  /** Peers at loopback and private addresses: for networks on one machine. */
  readonly allowPrivatePeers: boolean;
  /** Blocks after which the same weights are sent again. */
  readonly weightsEveryBlocks: number;
  /** Whether weights are sent; without it they are decided and logged only. */
  readonly sendsWeights: boolean;
}
