import { type ApiView, apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { networkLockCost } from "../pallets/subtensor/lock-cost.ts";
import { alphaPrice, quoteBuy, quoteSell } from "../pallets/subtensor/pool.ts";
import { vec } from "../scale/compose.ts";
import { u16, u64 } from "../scale/primitives.ts";
import { allNetuids } from "./read/subnet-reader.ts";
import { type SimSwapResult, simSwapResult, subnetPrice } from "./types/stake.ts";

const ONE_ALPHA = 1_000_000_000n;

/** What slips away is the difference to a trade at the price before it. */
function simulateBuy({ state }: ApiView, netuid: number, tao: bigint): SimSwapResult {
  const { out, fee } = quoteBuy(state, netuid, tao);
  const price = alphaPrice(state, netuid);
  const ideal = price === 0n ? 0n : ((tao - fee) * ONE_ALPHA) / price;
  return {
    tao_amount: tao - fee,
    alpha_amount: out,
    tao_fee: fee,
    alpha_fee: 0n,
    tao_slippage: 0n,
    alpha_slippage: ideal > out ? ideal - out : 0n,
  };
}

function simulateSale({ state }: ApiView, netuid: number, alpha: bigint): SimSwapResult {
  const { out, fee } = quoteSell(state, netuid, alpha);
  const ideal = ((alpha - fee) * alphaPrice(state, netuid)) / ONE_ALPHA;
  return {
    tao_amount: out,
    alpha_amount: alpha - fee,
    tao_fee: 0n,
    alpha_fee: fee,
    tao_slippage: ideal > out ? ideal - out : 0n,
    alpha_slippage: 0n,
  };
}

/** `SwapRuntimeApi`: prices of alpha and what trades would bring. */
export const swapApi: RuntimeApi = {
  name: "SwapRuntimeApi",
  version: 1,
  methods: [
    apiMethod("current_alpha_price", { netuid: u16 }, u64, ({ state }, { netuid }) =>
      alphaPrice(state, netuid),
    ),
    apiMethod("current_alpha_price_all", {}, vec(subnetPrice), (view) =>
      allNetuids(view).map((netuid) => ({ netuid, price: alphaPrice(view.state, netuid) })),
    ),
    apiMethod(
      "sim_swap_tao_for_alpha",
      { netuid: u16, tao: u64 },
      simSwapResult,
      (view, { netuid, tao }) => simulateBuy(view, netuid, tao),
    ),
    apiMethod(
      "sim_swap_alpha_for_tao",
      { netuid: u16, alpha: u64 },
      simSwapResult,
      (view, { netuid, alpha }) => simulateSale(view, netuid, alpha),
    ),
  ],
};

/** `SubnetRegistrationRuntimeApi`: what a subnet costs in the next block, rao. */
export const subnetRegistrationApi: RuntimeApi = {
  name: "SubnetRegistrationRuntimeApi",
  version: 1,
  methods: [
    apiMethod("get_network_registration_cost", {}, u64, ({ state, block }) =>
      networkLockCost(state, block),
    ),
  ],
};
