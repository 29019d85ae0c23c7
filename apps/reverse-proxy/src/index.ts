export { CapacityOverrides, capacityNow } from "./capacity.ts";
export { Config, PREFIX } from "./config/config.ts";
export { type Loaded, type LoadOptions, loadSettings } from "./config/load.ts";
export { maskedConfig } from "./config/masked.ts";
export { type Settings, settingsOf } from "./config/settings.ts";
export { HTTP_STATUS, REVERSE_PROXY_ERRORS } from "./error-reference.ts";
export type { ProxyCode } from "./errors.ts";
export { type ProxyDeps, type ReverseProxy, startProxy } from "./proxy.ts";
export { type CallerProof, checkCaller } from "./receipts/check-caller.ts";
export { type Checkpoint, isCheckpointOf } from "./receipts/checkpoint.ts";
export { ProvenReceipt, verifyReceipt } from "./receipts/proven-receipt.ts";
export type { GapReceipt, Receipt, RequestReceipt } from "./receipts/receipt.ts";
export {
  type ExportFault,
  type ExportVerdict,
  type VerifyExportOptions,
  verifyExport,
} from "./receipts/verify-export.ts";
export type { Ending, Served } from "./served.ts";
