import { asBlockNumber, asNumber, asRao } from "../codec/value.ts";
import type { Neuron } from "../metagraph.ts";

/** Vectors by uid, as runtime API and storage both give them. */
export interface NeuronColumns {
  readonly active: readonly unknown[];
  readonly permits: readonly unknown[];
  readonly updates: readonly unknown[];
  readonly emission: readonly unknown[];
  readonly incentives: readonly unknown[];
  readonly dividends: readonly unknown[];
  readonly consensus: readonly unknown[];
  readonly trust: readonly unknown[];
}

/** What the columns say of one uid. A vector may be shorter than the subnet: what is missing is zero. */
export function neuronAt(columns: NeuronColumns, uid: number) {
  return {
    active: columns.active[uid] === true,
    validatorPermit: columns.permits[uid] === true,
    lastUpdate: asBlockNumber(columns.updates[uid] ?? 0),
    emission: asRao(columns.emission[uid] ?? 0n),
    incentive: asNumber(columns.incentives[uid] ?? 0),
    dividends: asNumber(columns.dividends[uid] ?? 0),
    consensus: asNumber(columns.consensus[uid] ?? 0),
    validatorTrust: asNumber(columns.trust[uid] ?? 0),
  } satisfies Partial<Neuron>;
}
