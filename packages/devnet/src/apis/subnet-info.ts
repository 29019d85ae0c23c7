import { nextEpochBlock } from "@neurond/primitives";
import { type ApiMethod, type ApiView, apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { scheduleOf } from "../pallets/subtensor/schedule.ts";
import { NetworksAdded } from "../pallets/subtensor/storage/networks.ts";
import { AutoStakeDestination } from "../pallets/subtensor/storage/stake.ts";
import { subnetAccount } from "../pallets/subtensor/system-account.ts";
import { option, vec } from "../scale/compose.ts";
import { accountId } from "../scale/known.ts";
import { u16, u64 } from "../scale/primitives.ts";
import type { Type } from "../scale/type.ts";
import { metagraphMethods } from "./metagraph.ts";
import { readHyperparams, readHyperparamsV2, readHyperparamsV3 } from "./read/hyperparams.ts";
import { allNetuids, existingSubnet, SubnetReader } from "./read/subnet-reader.ts";
import {
  readDynamicInfo,
  readSubnetInfo,
  readSubnetInfoV2,
  readSubnetState,
} from "./read/subnet-summaries.ts";
import { subnetToPrune } from "./read/subnet-to-prune.ts";
import * as types from "./types/subnet.ts";

/** A method about one subnet that answers nothing when there is no such subnet. */
const ofSubnet = <T>(name: string, type: Type<T>, read: (subnet: SubnetReader) => T): ApiMethod =>
  apiMethod(name, { netuid: u16 }, option(type), (view, { netuid }) => {
    const subnet = existingSubnet(view, netuid);
    return subnet && read(subnet);
  });

/** The same for every subnet. */
const ofAll = <T>(name: string, type: Type<T>, read: (subnet: SubnetReader) => T): ApiMethod =>
  apiMethod(name, {}, vec(option(type)), (view) =>
    allNetuids(view).map((netuid) => read(new SubnetReader(view, netuid))),
  );

function nextEpoch({ state }: ApiView, netuid: number): bigint | undefined {
  if (!NetworksAdded.get(state, netuid)) return undefined;
  const next = nextEpochBlock(scheduleOf(state, netuid));
  return next === undefined ? undefined : BigInt(next);
}

/** `SubnetInfoRuntimeApi`: subnets as a whole. */
export const subnetInfoApi: RuntimeApi = {
  name: "SubnetInfoRuntimeApi",
  version: 2,
  methods: [
    ofSubnet("get_subnet_info", types.subnetInfo, readSubnetInfo),
    ofAll("get_subnets_info", types.subnetInfo, readSubnetInfo),
    ofSubnet("get_subnet_info_v2", types.subnetInfoV2, readSubnetInfoV2),
    ofAll("get_subnets_info_v2", types.subnetInfoV2, readSubnetInfoV2),
    ofSubnet("get_subnet_hyperparams", types.hyperparams, readHyperparams),
    ofSubnet("get_subnet_hyperparams_v2", types.hyperparamsV2, readHyperparamsV2),
    ofSubnet("get_subnet_hyperparams_v3", vec(types.hyperparamEntry), readHyperparamsV3),
    ofSubnet("get_dynamic_info", types.dynamicInfo, readDynamicInfo),
    ofAll("get_all_dynamic_info", types.dynamicInfo, readDynamicInfo),
    ofSubnet("get_subnet_state", types.subnetState, readSubnetState),
    ...metagraphMethods,
    apiMethod(
      "get_coldkey_auto_stake_hotkey",
      { coldkey: accountId, netuid: u16 },
      option(accountId),
      ({ state }, { coldkey, netuid }) => AutoStakeDestination.get(state, coldkey, netuid),
    ),
    apiMethod("get_subnet_to_prune", {}, option(u16), subnetToPrune),
    apiMethod("get_subnet_account_id", { netuid: u16 }, option(accountId), ({ state }, args) =>
      NetworksAdded.get(state, args.netuid) ? subnetAccount(args.netuid) : undefined,
    ),
    apiMethod("get_next_epoch_start_block", { netuid: u16 }, option(u64), (view, { netuid }) =>
      nextEpoch(view, netuid),
    ),
  ],
};
