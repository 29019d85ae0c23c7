import type { Hex } from "@neurond/primitives";
import { type ApiView, apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { stakeOf } from "../pallets/subtensor/shares.ts";
import { Tempo } from "../pallets/subtensor/storage/epochs.ts";
import { Emission, Uids, ValidatorPermit } from "../pallets/subtensor/storage/neurons.ts";
import { AlphaV2, Delegates, Owner, StakingHotkeys } from "../pallets/subtensor/storage/stake.ts";
import { option, tuple, vec } from "../scale/compose.ts";
import { accountId } from "../scale/known.ts";
import { compactU16, compactU64 } from "../scale/primitives.ts";
import { allNetuids } from "./read/subnet-reader.ts";
import { type DelegateInfo, delegateInfo } from "./types/stake.ts";

const BLOCKS_PER_DAY = 7_200n;
const TAKE_WHOLE = 65_535n;
const THOUSAND_TAO = 1_000_000_000_000n;

type Stakes = Map<Hex, [netuid: number, amount: bigint][]>;

/** Stake behind a hotkey by coldkey, subnet by subnet. */
function nominatorsOf({ state }: ApiView, hotkey: Hex): Stakes {
  const nominators: Stakes = new Map();
  for (const [[, coldkey, netuid]] of AlphaV2.entries(state, hotkey)) {
    const stakes = nominators.get(coldkey) ?? [];
    stakes.push([netuid, stakeOf(state, { hotkey, coldkey, netuid })]);
    nominators.set(coldkey, stakes);
  }
  return nominators;
}

function readDelegate(view: ApiView, hotkey: Hex): DelegateInfo {
  const { state } = view;
  const take = Delegates.get(state, hotkey);
  const nominators = [...nominatorsOf(view, hotkey)];
  const registrations = allNetuids(view).filter((netuid) => Uids.has(state, netuid, hotkey));
  const daily = registrations.reduce((sum, netuid) => sum + perDay(view, hotkey, netuid), 0n);
  const staked = nominators
    .flatMap(([, stakes]) => stakes)
    .reduce((sum, [, amount]) => sum + amount, 0n);
  const shared = (daily * (TAKE_WHOLE - BigInt(take))) / TAKE_WHOLE;
  return {
    delegate_ss58: hotkey,
    take,
    nominators,
    owner_ss58: Owner.get(state, hotkey),
    registrations,
    validator_permits: registrations.filter((netuid) => hasPermit(view, hotkey, netuid)),
    return_per_1000: staked === 0n ? 0n : (shared * THOUSAND_TAO) / staked,
    total_daily_return: daily,
  };
}

/** What the hotkey's last epoch would bring if it were repeated for a day, rao of alpha. */
function perDay({ state }: ApiView, hotkey: Hex, netuid: number): bigint {
  const tempo = BigInt(Tempo.get(state, netuid));
  const uid = Uids.get(state, netuid, hotkey);
  if (uid === undefined || tempo === 0n) return 0n;
  return ((Emission.get(state, netuid)[uid] ?? 0n) * BLOCKS_PER_DAY) / tempo;
}

function hasPermit({ state }: ApiView, hotkey: Hex, netuid: number): boolean {
  const uid = Uids.get(state, netuid, hotkey);
  return uid !== undefined && (ValidatorPermit.get(state, netuid)[uid] ?? false);
}

/** Hotkeys that somebody has staked to. */
const delegates = ({ state }: ApiView): Hex[] => [
  ...new Set([...AlphaV2.entries(state)].map(([[hotkey]]) => hotkey)),
];

/** `DelegateInfoRuntimeApi`: hotkeys as those see them who stake to them. */
export const delegateInfoApi: RuntimeApi = {
  name: "DelegateInfoRuntimeApi",
  version: 1,
  methods: [
    apiMethod("get_delegates", {}, vec(delegateInfo), (view) =>
      delegates(view).map((hotkey) => readDelegate(view, hotkey)),
    ),
    apiMethod(
      "get_delegate",
      { delegate_account: accountId },
      option(delegateInfo),
      (view, { delegate_account }) =>
        delegates(view).includes(delegate_account)
          ? readDelegate(view, delegate_account)
          : undefined,
    ),
    apiMethod(
      "get_delegated",
      { delegatee_account: accountId },
      vec(tuple(delegateInfo, tuple(compactU16, compactU64))),
      (view, { delegatee_account: coldkey }) =>
        StakingHotkeys.get(view.state, coldkey).flatMap((hotkey) => {
          const info = readDelegate(view, hotkey);
          const own = info.nominators.find(([account]) => account === coldkey);
          return (own?.[1] ?? []).map((stake): [DelegateInfo, [number, bigint]] => [info, stake]);
        }),
    ),
  ],
};
