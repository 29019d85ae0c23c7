import type { Rao } from "@neurond/primitives";

/**
 * Hyperparameters of a subnet. `undefined` = this runtime does not have the parameter. Whatever
 * the runtime lists beyond these is in `more`, by its own name.
 */
export interface Hyperparameters {
  readonly tempo: number;
  readonly kappa: number;
  readonly rho: number | undefined;
  readonly immunityPeriod: number;
  readonly minAllowedWeights: number;
  readonly maxWeightsLimit: number;
  readonly weightsVersion: bigint;
  /** Blocks. */
  readonly weightsRateLimit: number;
  /** Blocks without an update after which a validator counts as inactive. */
  readonly activityCutoff: number;
  readonly registrationAllowed: boolean;
  readonly targetRegistrationsPerInterval: number;
  readonly maxRegistrationsPerBlock: number;
  readonly minBurn: Rao;
  readonly maxBurn: Rao;
  readonly bondsMovingAverage: bigint;
  readonly servingRateLimit: number;
  readonly maxValidators: number;
  readonly commitRevealEnabled: boolean;
  readonly commitRevealPeriodEpochs: number;
  readonly liquidAlphaEnabled: boolean;
  readonly alphaHigh: number;
  readonly alphaLow: number;
  readonly yumaVersion: number | undefined;
  readonly bondsResetEnabled: boolean | undefined;
  readonly subnetIsActive: boolean | undefined;
  readonly more: Readonly<Record<string, boolean | number | bigint>>;
}
