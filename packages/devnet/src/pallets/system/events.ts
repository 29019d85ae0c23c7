import { eventsOf } from "../../frame/event.ts";
import { errorsOf } from "../../frame/pallet.ts";
import { accountId, dispatchError, dispatchEventInfo, h256 } from "../../scale/known.ts";

export const SYSTEM = { name: "System", index: 0 } as const;

const events = eventsOf(SYSTEM);
const error = errorsOf(SYSTEM);

export const extrinsicSuccess = events.named(0, "ExtrinsicSuccess", {
  dispatch_info: dispatchEventInfo,
});
export const extrinsicFailed = events.named(1, "ExtrinsicFailed", {
  dispatch_error: dispatchError,
  dispatch_info: dispatchEventInfo,
});
export const codeUpdated = events.named(2, "CodeUpdated", {});
export const newAccount = events.named(3, "NewAccount", { account: accountId });
export const killedAccount = events.named(4, "KilledAccount", { account: accountId });
export const remarked = events.named(5, "Remarked", { sender: accountId, hash: h256 });

export const systemErrors = {
  InvalidSpecName: error(0, "InvalidSpecName"),
  SpecVersionNeedsToIncrease: error(1, "SpecVersionNeedsToIncrease"),
  FailedToExtractRuntimeVersion: error(2, "FailedToExtractRuntimeVersion"),
  NonDefaultComposite: error(3, "NonDefaultComposite"),
  NonZeroRefCount: error(4, "NonZeroRefCount"),
  /** A call that this place does not allow, as a batch inside a batch. */
  CallFiltered: error(5, "CallFiltered"),
};
