export {
  type ChainFault,
  checkStatement,
  checkSuccession,
  type StatementCheck,
  type StatementFault,
} from "./check.ts";
export { type Comparison, compareStatements, type Disagreement } from "./compare.ts";
export { type Predecessor, type StatedAudit, stateExports } from "./state-exports.ts";
export { MAX_STATEMENT_BYTES, Statement, statementDigest } from "./statement.ts";
