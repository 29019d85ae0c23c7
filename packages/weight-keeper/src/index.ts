export {
  type DecidedWeights,
  type Decision,
  type KeeperDeps,
  type KeeperEvents,
  keepWeights,
} from "./keep-weights.ts";
export { type EventLog, logEvents } from "./log-events.ts";
export { MemoryWeightsLog } from "./memory-log.ts";
export { type WeightsNote, weightsNote } from "./note.ts";
export type { WeightsLog } from "./weights-log.ts";
export {
  doubling,
  steadily,
  type WeightsPace,
  type WeightsStep,
  weightsStep,
} from "./weights-step.ts";
