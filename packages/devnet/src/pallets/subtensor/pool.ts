import { type BlockContext, failure } from "../../frame/dispatch.ts";
import type { StateReader } from "../../state/state.ts";
import { feeRate } from "../swap.ts";
import { errors } from "./errors.ts";
import {
  SubnetAlphaIn,
  SubnetAlphaOut,
  SubnetMechanism,
  SubnetTAO,
  SubnetVolume,
} from "./storage/networks.ts";
import { TotalStake } from "./storage/stake.ts";

/** What a trade brings, in rao; the fee is in the unit that is paid in. */
export interface Trade {
  readonly out: bigint;
  readonly fee: bigint;
}

/** The least a trade of stake may be worth, rao. */
export const MIN_STAKE = 2_000_000n;

const ROOT = 0;
const U16 = 65_535n;
/** A trade may not leave less than this in the pool. */
const MINIMUM_RESERVE = 1_000_000n;
const ONE_TAO = 1_000_000_000n;

/** Whether a subnet's alpha has a price of its own; root and the stable mechanism trade 1:1. */
export const hasPool = (state: StateReader, netuid: number): boolean =>
  netuid !== ROOT && SubnetMechanism.get(state, netuid) === 1;

/** Rao for one alpha. */
export function alphaPrice(state: StateReader, netuid: number): bigint {
  if (!hasPool(state, netuid)) return ONE_TAO;
  const alpha = SubnetAlphaIn.get(state, netuid);
  return alpha === 0n ? 0n : (SubnetTAO.get(state, netuid) * ONE_TAO) / alpha;
}

/** What `tao` buys at a constant product of the reserves, after the fee. */
export function quoteBuy(state: StateReader, netuid: number, tao: bigint): Trade {
  if (!hasPool(state, netuid)) return { out: tao, fee: 0n };
  return quote(
    tao,
    SubnetTAO.get(state, netuid),
    SubnetAlphaIn.get(state, netuid),
    feeRate.get(state, netuid),
  );
}

/** What `alpha` sells for. */
export function quoteSell(state: StateReader, netuid: number, alpha: bigint): Trade {
  if (!hasPool(state, netuid)) return { out: alpha, fee: 0n };
  return quote(
    alpha,
    SubnetAlphaIn.get(state, netuid),
    SubnetTAO.get(state, netuid),
    feeRate.get(state, netuid),
  );
}

function quote(paid: bigint, reserveIn: bigint, reserveOut: bigint, rate: number): Trade {
  const fee = (paid * BigInt(rate)) / U16;
  const net = paid - fee;
  const total = reserveIn + net;
  return { out: total === 0n ? 0n : (reserveOut * net) / total, fee };
}

/** Puts TAO into the pool and takes alpha out, or InsufficientLiquidity. The fee stays in the pool. */
export function buy(context: BlockContext, netuid: number, tao: bigint): Trade {
  const { state } = context;
  const trade = quoteBuy(state, netuid, tao);
  if (hasPool(state, netuid)) {
    const rest = SubnetAlphaIn.get(state, netuid) - trade.out;
    if (trade.out === 0n || rest < MINIMUM_RESERVE) throw failure(errors.InsufficientLiquidity);
    SubnetAlphaIn.set(state, [netuid], rest);
  }
  SubnetTAO.update(state, [netuid], (reserve) => reserve + tao);
  SubnetAlphaOut.update(state, [netuid], (alpha) => alpha + trade.out);
  TotalStake.update(state, [], (total) => total + tao);
  addVolume(context, netuid, tao);
  return trade;
}

/** Puts alpha into the pool and takes TAO out, or InsufficientLiquidity. */
export function sell(context: BlockContext, netuid: number, alpha: bigint): Trade {
  const { state } = context;
  const trade = quoteSell(state, netuid, alpha);
  const rest = SubnetTAO.get(state, netuid) - trade.out;
  if (hasPool(state, netuid)) {
    if (trade.out === 0n || rest < MINIMUM_RESERVE) throw failure(errors.InsufficientLiquidity);
    SubnetAlphaIn.update(state, [netuid], (reserve) => reserve + alpha);
  }
  SubnetTAO.set(state, [netuid], atLeastZero(rest));
  SubnetAlphaOut.update(state, [netuid], (out) => atLeastZero(out - alpha));
  TotalStake.update(state, [], (total) => atLeastZero(total - trade.out));
  addVolume(context, netuid, trade.out);
  return trade;
}

const addVolume = ({ state }: BlockContext, netuid: number, tao: bigint): void =>
  SubnetVolume.update(state, [netuid], (volume) => volume + tao);

const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
