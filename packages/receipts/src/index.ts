export { type CallerProof, checkCaller } from "./check-caller.ts";
export {
  Checkpoint,
  type Head,
  isCheckpointOf,
  makeCheckpoint,
  readCheckpoint,
} from "./checkpoint.ts";
export { ExportHeader } from "./export-header.ts";
export { ledgerUuid, proxyUuid, receiptUuid, requestUuid, routeUuid } from "./names.ts";
export {
  isOrganic,
  judgeOrganic,
  MAX_RECEIPT_CHARS,
  ORGANIC,
  type OrganicVerdict,
  organicRow,
} from "./organic-row.ts";
export { proveEach } from "./prove-each.ts";
export { ProvenReceipt, verifyReceipt } from "./proven-receipt.ts";
export {
  decodeReceipt,
  encodeReceipt,
  type FoundReceipt,
  GapReceipt,
  type Receipt,
  RequestReceipt,
  readFoundReceipt,
} from "./receipt.ts";
export { RECEIPT_LEAF, RECEIPT_TREE, receiptLeaf } from "./tree.ts";
export {
  type ExportFault,
  type ExportVerdict,
  type VerifyExportOptions,
  verifyExport,
} from "./verify-export.ts";
