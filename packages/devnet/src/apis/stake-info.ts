import type { Hex } from "@neurond/primitives";
import { type ApiView, apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { hotkeyExists } from "../pallets/subtensor/hotkey-owner.ts";
import { alphaPrice, quoteBuy, quoteSell } from "../pallets/subtensor/pool.ts";
import { type Position, stakeOf } from "../pallets/subtensor/shares.ts";
import { AlphaDividendsPerSubnet } from "../pallets/subtensor/storage/emission.ts";
import { Uids } from "../pallets/subtensor/storage/neurons.ts";
import { StakingHotkeys } from "../pallets/subtensor/storage/stake.ts";
import { option, tuple, vec } from "../scale/compose.ts";
import { accountId } from "../scale/known.ts";
import { bTreeMap } from "../scale/map.ts";
import { u16, u64 } from "../scale/primitives.ts";
import type { ValueOf } from "../scale/type.ts";
import { allNetuids } from "./read/subnet-reader.ts";
import { type StakeInfo, stakeAvailability, stakeInfo } from "./types/stake.ts";

const ONE_ALPHA = 1_000_000_000n;
type Place = readonly [hotkey: Hex, netuid: number] | undefined;
type Availability = [number, ValueOf<typeof stakeAvailability>][];

const readStake = ({ state }: ApiView, { hotkey, coldkey, netuid }: Position): StakeInfo => ({
  hotkey,
  coldkey,
  netuid,
  stake: stakeOf(state, { hotkey, coldkey, netuid }),
  locked: 0n,
  emission: AlphaDividendsPerSubnet.get(state, netuid, hotkey),
  tao_emission: 0n,
  drain: 0n,
  is_registered: Uids.has(state, netuid, hotkey),
});

/** Every position of a coldkey that is worth something. */
const stakesOf = (view: ApiView, coldkey: Hex): StakeInfo[] =>
  StakingHotkeys.get(view.state, coldkey).flatMap((hotkey) =>
    allNetuids(view)
      .map((netuid) => readStake(view, { hotkey, coldkey, netuid }))
      .filter(({ stake }) => stake > 0n),
  );

/** Nothing is ever locked on this chain: all of it is available. */
function availabilityOf(view: ApiView, coldkey: Hex, netuids: readonly number[]): Availability {
  const totals = new Map<number, bigint>();
  for (const { netuid, stake } of stakesOf(view, coldkey)) {
    totals.set(netuid, (totals.get(netuid) ?? 0n) + stake);
  }
  return [...totals]
    .filter(([netuid]) => netuids.includes(netuid))
    .sort(([a], [b]) => a - b)
    .map(([netuid, total]) => [netuid, { total, locked: 0n, available: total }]);
}

/** What a purchase, a sale or a move costs, in rao of TAO; within one subnet it is free. */
function stakeFee({ state }: ApiView, from: Place, to: Place, amount: bigint): bigint {
  if (from && to && from[1] === to[1]) return 0n;
  if (!from) return to ? quoteBuy(state, to[1], amount).fee : 0n;
  return (quoteSell(state, from[1], amount).fee * alphaPrice(state, from[1])) / ONE_ALPHA;
}

const byAccount = ([a]: readonly [Hex, unknown], [b]: readonly [Hex, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** `StakeInfoRuntimeApi`: who has staked what where. */
export const stakeInfoApi: RuntimeApi = {
  name: "StakeInfoRuntimeApi",
  version: 1,
  methods: [
    apiMethod(
      "get_stake_info_for_coldkey",
      { coldkey_account: accountId },
      vec(stakeInfo),
      (view, { coldkey_account }) => stakesOf(view, coldkey_account),
    ),
    apiMethod(
      "get_stake_info_for_coldkeys",
      { coldkey_accounts: vec(accountId) },
      vec(tuple(accountId, vec(stakeInfo))),
      (view, { coldkey_accounts }) =>
        coldkey_accounts.map((coldkey): [Hex, StakeInfo[]] => [coldkey, stakesOf(view, coldkey)]),
    ),
    apiMethod(
      "get_stake_info_for_hotkey_coldkey_netuid",
      { hotkey_account: accountId, coldkey_account: accountId, netuid: u16 },
      option(stakeInfo),
      (view, { hotkey_account, coldkey_account, netuid }) =>
        hotkeyExists(view.state, hotkey_account)
          ? readStake(view, { hotkey: hotkey_account, coldkey: coldkey_account, netuid })
          : undefined,
    ),
    apiMethod(
      "get_stake_availability_for_coldkeys",
      { coldkey_accounts: vec(accountId), netuids: option(vec(u16)) },
      bTreeMap(accountId, bTreeMap(u16, stakeAvailability)),
      (view, { coldkey_accounts, netuids }) =>
        [...new Set(coldkey_accounts)]
          .map((coldkey): [Hex, Availability] => [
            coldkey,
            availabilityOf(view, coldkey, netuids ?? allNetuids(view)),
          ])
          .sort(byAccount),
    ),
    apiMethod(
      "get_stake_fee",
      {
        origin: option(tuple(accountId, u16)),
        origin_coldkey_account: accountId,
        destination: option(tuple(accountId, u16)),
        destination_coldkey_account: accountId,
        amount: u64,
      },
      u64,
      (view, { origin, destination, amount }) => stakeFee(view, origin, destination, amount),
    ),
  ],
};
