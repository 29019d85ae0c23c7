export { type Audited, AuditWeights, type AuditWeightsDeps, runIdOf } from "./audit-weights.ts";
export { hindranceLine } from "./hindrance-line.ts";
export { createWeightsMetrics, type WeightsMetrics } from "./metrics.ts";
export { openWeights } from "./open-weights.ts";
export { type PlanInputs, planWeights, type WeightsHindrance, type WeightsPlan } from "./plan.ts";
export { type ReadPlanDeps, readPlan } from "./read-plan.ts";
export { SetWeightsSection } from "./section.ts";
export { openWeightsSigner, type SignerSources } from "./signer.ts";
