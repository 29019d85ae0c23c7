export { type FairnessAccount, type FairnessOptions, fairnessOf } from "./fairness-of.ts";
export { activeIn, instanceHours } from "./instance-hours.ts";
