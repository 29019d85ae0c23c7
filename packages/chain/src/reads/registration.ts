import { type Coldkey, type Hotkey, toUid, ZERO_ACCOUNT } from "@neurond/primitives";
import { asBlockNumber, asColdkey, asNumber } from "../codec/value.ts";
import type { NeuronId, Registration } from "../neuron.ts";
import type { State } from "../state.ts";
import { requireSubnet } from "./subnets.ts";

/** Whether a hotkey holds a uid at this block, and since when. */
export async function readRegistration(state: State, id: NeuronId): Promise<Registration> {
  const { netuid, hotkey } = id;
  const uid = await state.get("SubtensorModule", "Uids", netuid, hotkey);
  if (uid === undefined) {
    await requireSubnet(state, netuid);
    return { kind: "unregistered", hotkey };
  }
  const since = await state.get("SubtensorModule", "BlockAtRegistration", netuid, uid);
  return {
    kind: "registered",
    hotkey,
    uid: toUid(asNumber(uid)),
    blockAtRegistration: asBlockNumber(since),
  };
}

/** The coldkey that owns a hotkey; the zero account means nobody does. */
export async function readOwner(state: State, hotkey: Hotkey): Promise<Coldkey | undefined> {
  const owner = asColdkey(await state.get("SubtensorModule", "Owner", hotkey));
  return owner === ZERO_ACCOUNT ? undefined : owner;
}
