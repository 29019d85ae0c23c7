import type { PalletError } from "../../../frame/dispatch.ts";
import { errors } from "../errors.ts";

/** What has no code of its own. */
const BAD_REQUEST = 255;

const CODES = new Map<PalletError, number>([
  [errors.ColdkeySwapAnnounced, 0],
  [errors.NotEnoughStakeToSetWeights, 1],
  [errors.AmountTooLow, 1],
  [errors.NotEnoughBalanceToStake, 2],
  [errors.SubnetNotExists, 3],
  [errors.HotKeyAccountNotExists, 4],
  [errors.NotEnoughStakeToWithdraw, 5],
  [errors.CommittingWeightsTooFast, 6],
  [errors.SettingWeightsTooFast, 6],
  [errors.NetworkTxRateLimitExceeded, 6],
  [errors.InsufficientLiquidity, 7],
  [errors.SlippageTooHigh, 8],
  [errors.TransferDisallowed, 9],
  [errors.HotKeyNotRegisteredInNetwork, 10],
  [errors.InvalidIpAddress, 11],
  [errors.ServingRateLimitExceeded, 12],
  [errors.InvalidPort, 13],
  [errors.InvalidRevealRound, 15],
  [errors.NoWeightsCommitFound, 16],
  [errors.RevealTooEarly, 17],
  [errors.InputLengthsUnequal, 18],
  [errors.HotKeyNotRegisteredInSubNet, 19],
  [errors.EvmKeyAssociateRateLimitExceeded, 20],
  [errors.ColdkeySwapDisputed, 21],
  [errors.NonAssociatedColdKey, 25],
  [errors.DelegateTakeTooLow, 26],
  [errors.DelegateTakeTooHigh, 27],
]);

/** The number n of `Custom(n)` by which the pool names an error; coarser than the error itself. */
export const customCode = (error: PalletError): number => CODES.get(error) ?? BAD_REQUEST;
