export { CapacityOverrides, capacityNow } from "./capacity.ts";
export { Config, PREFIX } from "./config/config.ts";
export { loadSettings } from "./config/load.ts";
export { maskedConfig } from "./config/masked.ts";
export { type Settings, settingsOf } from "./config/settings.ts";
export { HTTP_STATUS, REVERSE_PROXY_ERRORS } from "./error-reference.ts";
export { type ProxyDeps, type ReverseProxy, startProxy } from "./proxy.ts";
export { verifyReceiptsFile } from "./receipts/verify-file.ts";
export type { Served } from "./served.ts";
