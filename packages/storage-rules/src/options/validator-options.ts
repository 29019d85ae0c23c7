import { RECORD_OPTIONS } from "./record-options.ts";
import { REWARD_OPTIONS } from "./reward-options.ts";
import {
  COMMON_OPTIONS,
  databaseOptions,
  ENCRYPTION_OPTIONS,
  wandbOptions,
} from "./shared-options.ts";
import { WORK_OPTIONS } from "./work-options.ts";

/** Every option of the validator. */
export const VALIDATOR_OPTIONS = {
  ...COMMON_OPTIONS,
  ...RECORD_OPTIONS,
  ...WORK_OPTIONS,
  ...REWARD_OPTIONS,
  ...databaseOptions(1),
  ...wandbOptions(),
  ...ENCRYPTION_OPTIONS,
} as const;
