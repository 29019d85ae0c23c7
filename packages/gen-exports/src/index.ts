export { type SeedOptions, seedDevnet } from "./chain/seed-devnet.ts";
export { Dataset, type Manifest } from "./dataset.ts";
export { GEN_EXPORTS_ERRORS, type GenExportsCode } from "./errors.ts";
export { FAULTS, type Fault } from "./faults.ts";
export type { GatewayBehaviour } from "./gateway/behaviour.ts";
export type { GatewayCast, GatewayChute, GatewayInstance } from "./gateway/cast.ts";
export { exportRows } from "./gateway/export-rows.ts";
export {
  type GatewayOptions,
  type GatewayRequest,
  type MockGateway,
  serveGateway,
} from "./gateway/mock-gateway.ts";
export { type GenOptions, parseOptions, type Shape } from "./options.ts";
export { HOSTILE_HOTKEY, HOSTILE_PATHS, type Hostility } from "./serve/hostile.ts";
export { type MockApi, type MockApiOptions, serveDataset } from "./serve/mock-api.ts";
export { addressOf, keyOf } from "./world/keys.ts";
export { type Generated, generate } from "./write/generate.ts";
