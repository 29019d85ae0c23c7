import { ensureRoot, failure } from "../frame/dispatch.ts";
import { eventsOf } from "../frame/event.ts";
import { twox64 } from "../frame/hasher.ts";
import { call, constant, errorsOf, type Pallet } from "../frame/pallet.ts";
import { storageOf } from "../frame/storage.ts";
import { u16, u64 } from "../scale/primitives.ts";

const SWAP = { name: "Swap", index: 28 } as const;
const MAX_FEE_RATE = 10_000;

/** Share of 65535 that a trade costs; the default is about 0.05 %. */
export const feeRate = storageOf(SWAP.name).item("FeeRate", [twox64(u16)], u16, 33);

const feeRateSet = eventsOf(SWAP).named(0, "FeeRateSet", { netuid: u16, rate: u16 });
const feeRateTooHigh = errorsOf(SWAP)(0, "FeeRateTooHigh");

/** Pallet `Swap`: what it costs to trade alpha. The pools themselves are in SubtensorModule. */
export const swapPallet: Pallet = {
  ...SWAP,
  storage: [feeRate],
  calls: [
    call(0, "set_fee_rate", { netuid: u16, rate: u16 }, (context, { netuid, rate }) => {
      ensureRoot(context);
      if (rate > MAX_FEE_RATE) throw failure(feeRateTooHigh);
      feeRate.set(context.state, [netuid], rate);
      context.emit(feeRateSet({ netuid, rate }));
    }),
  ],
  events: [feeRateSet.def],
  errors: [feeRateTooHigh],
  constants: [constant("MaxFeeRate", u16, MAX_FEE_RATE), constant("MinimumLiquidity", u64, 1_000n)],
};
