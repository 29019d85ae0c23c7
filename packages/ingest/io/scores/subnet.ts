import type { Chain, Neuron } from "@neurond/chain";
import { parseRecordedMetagraph } from "@neurond/exports";
import type { Member } from "@neurond/incentive";
import { rowByHotkey } from "@neurond/incentive";
import type { MetagraphNode } from "@neurond/ingest";
import {
  type Hotkey,
  type Netuid,
  parseColdkey,
  parseHotkey,
  toNetuid,
  toUid,
} from "@neurond/primitives";
import { folderText } from "../source/folder-source.ts";

/** A subnet at one block: who is in it, what they are paid, and what a validator wants them paid. */
export interface SubnetState {
  readonly netuid: Netuid;
  readonly block: number;
  readonly nodes: readonly MetagraphNode[];
  readonly members: readonly (Member & { readonly incentive: number })[];
  /** Weights of the audited validator by hotkey; null when it set none that are shown. */
  readonly weights: ReadonlyMap<string, bigint> | null;
}

/** Reads a subnet as one validator's scores are compared with it. */
export type ReadSubnet = (validator: Hotkey, signal: AbortSignal) => Promise<SubnetState>;

/** From the chain, at its last final block. */
export function chainSubnet(chain: Chain, netuid: Netuid): ReadSubnet {
  return async (validator, signal) => {
    const { number: block, hash: at } = await chain.head({ at: "finalized", signal });
    const { neurons, byHotkey } = await chain.metagraph({ netuid }, { at, signal });
    const members = neurons.map(({ hotkey, coldkey, uid, incentive }) => ({
      hotkey,
      coldkey,
      uid,
      incentive,
    }));
    const uid = byHotkey.get(validator)?.uid;
    const rows = uid === undefined ? [] : await chain.weights({ netuid }, { at, signal });
    const row = rows.find((candidate) => candidate.uid === uid);
    const weights = row === undefined ? null : rowByHotkey(members, row.weights);
    return { netuid, block, members, weights, nodes: neurons.map((one) => nodeOf(netuid, one)) };
  };
}

/** From what was recorded in a folder; weights were not. */
export function recordedSubnet(folder: string): ReadSubnet {
  return async () => {
    const recorded = parseRecordedMetagraph(await folderText(folder, "chain/metagraph.json"));
    const { block, neurons } = recorded;
    const netuid = toNetuid(recorded.netuid);
    const members = neurons.map(({ uid, hotkey, coldkey, incentive }) => ({
      hotkey: parseHotkey(hotkey),
      coldkey: parseColdkey(coldkey),
      uid: toUid(uid),
      incentive,
    }));
    const nodes = members.map((member) => ({ ...UNASKED, ...member, netuid, nodeId: member.uid }));
    return {
      netuid,
      block,
      members,
      weights: null,
      nodes: nodes.map(({ uid: _, ...node }) => node),
    };
  };
}

const UNASKED = {
  stake: null,
  taoStake: null,
  alphaStake: null,
  vtrust: null,
  lastUpdated: null,
  ip: null,
  port: null,
  protocol: null,
} as const;

function nodeOf(netuid: Netuid, neuron: Neuron): MetagraphNode {
  const { hotkey, coldkey, uid, incentive, axon } = neuron;
  return {
    netuid,
    hotkey,
    coldkey,
    nodeId: uid,
    incentive,
    stake: neuron.totalStake,
    taoStake: neuron.taoStake,
    alphaStake: neuron.alphaStake,
    vtrust: neuron.validatorTrust,
    lastUpdated: neuron.lastUpdate,
    ip: axon?.ip ?? null,
    port: axon?.port ?? null,
    protocol: axon?.protocol ?? null,
  };
}
