import { errorsOf } from "../../frame/pallet.ts";

export const ADMIN_UTILS = { name: "AdminUtils", index: 19 } as const;

const error = errorsOf(ADMIN_UTILS);

export const adminErrors = {
  SubnetDoesNotExist: error(0, "SubnetDoesNotExist"),
  MaxValidatorsLargerThanMaxUIds: error(1, "MaxValidatorsLargerThanMaxUIds"),
  MaxAllowedUIdsLessThanCurrentUIds: error(2, "MaxAllowedUIdsLessThanCurrentUIds"),
  BondsMovingAverageMaxReached: error(3, "BondsMovingAverageMaxReached"),
  NegativeSigmoidSteepness: error(4, "NegativeSigmoidSteepness"),
  ValueNotInBounds: error(5, "ValueNotInBounds"),
  MinAllowedUidsGreaterThanCurrentUids: error(6, "MinAllowedUidsGreaterThanCurrentUids"),
  MinAllowedUidsGreaterThanMaxAllowedUids: error(7, "MinAllowedUidsGreaterThanMaxAllowedUids"),
  MaxAllowedUidsLessThanMinAllowedUids: error(8, "MaxAllowedUidsLessThanMinAllowedUids"),
  MaxAllowedUidsGreaterThanDefaultMaxAllowedUids: error(
    9,
    "MaxAllowedUidsGreaterThanDefaultMaxAllowedUids",
  ),
  InvalidValue: error(10, "InvalidValue"),
  NotPermittedOnRootSubnet: error(11, "NotPermittedOnRootSubnet"),
  POWRegistrationDisabled: error(12, "POWRegistrationDisabled"),
  Deprecated: error(13, "Deprecated"),
};
