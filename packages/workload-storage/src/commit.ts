// Commitments to blocks alone: threads that make nothing else load no schemas and no signatures.
export {
  type CommittedVector,
  VectorCommitter,
  type VectorPlan,
} from "./opening/vector-committer.ts";
