import { type Mecid, type Netuid, toNetuid } from "@neurond/primitives";
import { asNumber } from "../codec/value.ts";
import { chainError } from "../errors.ts";
import type { State } from "../state.ts";

/** Netuids of all subnets, ascending; 0 is root. */
export async function readSubnets(state: State): Promise<readonly Netuid[]> {
  const added = await state.entries("SubtensorModule", "NetworksAdded");
  return added
    .filter(({ value }) => value === true)
    .map(({ keys }) => toNetuid(asNumber(keys[0])))
    .sort((a, b) => a - b);
}

/** Mechanisms of a subnet; 1 on runtimes from before there were several. */
export async function readMechanismCount(state: State, netuid: Netuid): Promise<number> {
  await requireSubnet(state, netuid);
  return mechanismCount(state, netuid);
}

/** Refuses a netuid that does not exist, where reading on would give zeros. */
export async function requireSubnet(state: State, netuid: Netuid): Promise<void> {
  if (await subnetExists(state, netuid)) return;
  const { number, hash } = state.block;
  throw chainError("SUBNET_NOT_FOUND", `no subnet ${netuid} at block ${number}`, {
    netuid,
    block: number,
    hash,
  });
}

/** Refuses a mechanism that the subnet does not have. */
export async function requireMechanism(state: State, netuid: Netuid, mecid: Mecid): Promise<void> {
  await requireSubnet(state, netuid);
  if (mecid === 0) return;
  const count = await mechanismCount(state, netuid);
  if (mecid < count) return;
  throw chainError(
    "MECHANISM_NOT_FOUND",
    `subnet ${netuid} has ${count} mechanism(s), no mecid ${mecid}`,
    { netuid, mecid, count },
  );
}

/** Whether there is such a subnet. */
export async function subnetExists(state: State, netuid: Netuid): Promise<boolean> {
  return (await state.get("SubtensorModule", "NetworksAdded", netuid)) === true;
}

async function mechanismCount(state: State, netuid: Netuid): Promise<number> {
  return asNumber((await state.find("SubtensorModule", "MechanismCountCurrent", netuid)) ?? 1);
}
