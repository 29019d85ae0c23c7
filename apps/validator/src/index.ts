export { type ComposedValidator, composeValidator } from "./compose.ts";
export { Config, PREFIX } from "./config.ts";
export { HTTP_STATUS, VALIDATOR_ERRORS, type ValidatorCode } from "./errors.ts";
export { type ServiceOptions, validatorService } from "./service.ts";
export { type RunningValidator, startValidator } from "./start-validator.ts";
export type { SignScores } from "./validator.ts";
export type { ValidatorParts } from "./validator-parts.ts";
export type { PlannedRun, SeededRun, WorkloadEntry } from "./workload-entry.ts";
