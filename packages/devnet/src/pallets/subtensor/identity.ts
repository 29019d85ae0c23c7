import { badOrigin, type CallContext, ensure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { u16 } from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { IdentitiesV2 } from "./storage/limits.ts";
import { NetworksAdded, SubnetIdentitiesV3, SubnetOwner } from "./storage/networks.ts";
import { Uids } from "./storage/neurons.ts";
import { OwnedHotkeys } from "./storage/stake.ts";
import {
  type chainIdentity,
  chainIdentityFields,
  type subnetIdentity,
  subnetIdentityFields,
} from "./types.ts";

type ChainIdentity = ValueOf<typeof chainIdentity>;
type SubnetIdentity = ValueOf<typeof subnetIdentity>;

/** Longest fields, bytes. */
const CHAIN_LIMITS: Readonly<Record<keyof ChainIdentity, number>> = {
  name: 256,
  url: 256,
  github_repo: 256,
  image: 1_024,
  discord: 256,
  description: 1_024,
  additional: 1_024,
};
const SUBNET_LIMITS: Readonly<Record<keyof SubnetIdentity, number>> = {
  subnet_name: 256,
  github_repo: 1_024,
  subnet_contact: 1_024,
  subnet_url: 1_024,
  discord: 256,
  description: 1_024,
  logo_url: 1_024,
  additional: 1_024,
};

function checkLengths<Key extends string>(
  identity: Readonly<Record<Key, Uint8Array>>,
  limits: Readonly<Record<Key, number>>,
): void {
  for (const field of Object.keys(limits) as Key[]) {
    ensure(identity[field].length <= limits[field], errors.InvalidIdentity);
  }
}

function setIdentity(context: CallContext, identity: ChainIdentity): void {
  const { state } = context;
  const coldkey = signer(context);
  const subnets = [...NetworksAdded.entries(state)].map(([[netuid]]) => netuid);
  const registered = OwnedHotkeys.get(state, coldkey).some((hotkey) =>
    subnets.some((netuid) => Uids.has(state, netuid, hotkey)),
  );
  ensure(registered, errors.HotKeyNotRegisteredInNetwork);
  checkLengths(identity, CHAIN_LIMITS);
  IdentitiesV2.set(state, [coldkey], identity);
  context.emit(events.ChainIdentitySet(coldkey));
}

function setSubnetIdentity(context: CallContext, netuid: number, identity: SubnetIdentity): void {
  const { state, origin } = context;
  if (origin.kind === "none") throw badOrigin();
  const allowed = origin.kind === "root" || SubnetOwner.get(state, netuid) === origin.account;
  ensure(allowed, errors.NotSubnetOwner);
  checkLengths(identity, SUBNET_LIMITS);
  SubnetIdentitiesV3.set(state, [netuid], identity);
  context.emit(events.SubnetIdentitySet(netuid));
}

/** Calls by which coldkeys and subnets say who they are. */
export const identityCalls: readonly CallDef[] = [
  call(68, "set_identity", chainIdentityFields, setIdentity),
  call(
    78,
    "set_subnet_identity",
    { netuid: u16, ...subnetIdentityFields },
    (context, { netuid, ...identity }) => setSubnetIdentity(context, netuid, identity),
  ),
];
