import type { State } from "../../../state/state.ts";
import {
  BlockEmission,
  OwnerCutEnabled,
  PendingOwnerCut,
  PendingServerEmission,
  PendingValidatorEmission,
  SubnetAlphaOutEmission,
  SubnetEmissionEnabled,
  SubnetOwnerCut,
} from "../storage/emission.ts";
import { FirstEmissionBlockNumber, SubnetAlphaOut } from "../storage/networks.ts";

const U16_MAX = 65_535n;

/** Alpha of one subnet that waits for its epoch, in rao. */
export interface PendingEmission {
  readonly server: bigint;
  readonly validator: bigint;
  readonly owner: bigint;
}

/**
 * Mints one block's alpha of a started subnet: 18 % for the owner, the rest in halves for miners
 * and validators. The runtime lets the amount follow prices; here it is the same in every block.
 */
export function emitAlpha(state: State, netuid: number, block: number): void {
  const first = FirstEmissionBlockNumber.get(state, netuid);
  const started = first !== undefined && BigInt(block) >= first;
  const amount =
    started && SubnetEmissionEnabled.get(state, netuid) ? BlockEmission.get(state) : 0n;
  if (SubnetAlphaOutEmission.get(state, netuid) !== amount) {
    SubnetAlphaOutEmission.set(state, [netuid], amount);
  }
  if (amount === 0n) return;
  const owner = OwnerCutEnabled.get(state, netuid)
    ? (amount * BigInt(SubnetOwnerCut.get(state))) / U16_MAX
    : 0n;
  const server = (amount - owner) / 2n;
  const validator = amount - owner - server;
  PendingOwnerCut.update(state, [netuid], (pending) => pending + owner);
  PendingServerEmission.update(state, [netuid], (pending) => pending + server);
  PendingValidatorEmission.update(state, [netuid], (pending) => pending + validator);
  SubnetAlphaOut.update(state, [netuid], (alpha) => alpha + amount);
}

/** Takes what has been waiting. */
export function takePending(state: State, netuid: number): PendingEmission {
  const [server, validator, owner] = [
    PendingServerEmission,
    PendingValidatorEmission,
    PendingOwnerCut,
  ].map((item) => {
    const amount = item.get(state, netuid);
    if (amount > 0n) item.set(state, [netuid], 0n);
    return amount;
  }) as [bigint, bigint, bigint];
  return { server, validator, owner };
}
