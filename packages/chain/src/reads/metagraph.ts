import { toMecid } from "@neurond/primitives";
import { asList, asNumber } from "../codec/value.ts";
import { chainError } from "../errors.ts";
import type { Metagraph } from "../metagraph.ts";
import type { State } from "../state.ts";
import type { MechanismId } from "../weights.ts";
import { metagraphOf } from "./metagraph-decode.ts";
import { metagraphFromStorage } from "./metagraph-storage.ts";
import { requireMechanism } from "./subnets.ts";

const API = "SubnetInfoRuntimeApi";

/**
 * A subnet at one block: one runtime call, or the same from storage where the runtime lacks it.
 * Refused for a subnet or mechanism that does not exist.
 */
export async function readMetagraph(state: State, id: MechanismId): Promise<Metagraph> {
  const { netuid, mecid = toMecid(0) } = id;
  const [call, args] =
    mecid === 0
      ? (["get_metagraph", [netuid]] as const)
      : (["get_mechagraph", [netuid, mecid]] as const);
  if (state.runtime.api(API, call) === undefined) {
    await requireMechanism(state, netuid, mecid);
    return metagraphFromStorage(state, netuid, mecid);
  }
  const [answer, trust] = await Promise.all([
    state.call(API, call, ...args),
    // The one per-neuron vector that the call leaves out.
    state.find("SubtensorModule", "ValidatorTrust", netuid),
  ]);
  if (answer === undefined) {
    await requireMechanism(state, netuid, mecid);
    throw chainError("SUBNET_NOT_FOUND", `the runtime has no metagraph of subnet ${netuid}`);
  }
  return metagraphOf(answer, asList(trust ?? []).map(asNumber), mecid, state.block);
}
