export type { Control } from "./control.ts";
export { type Devnet, type DevnetOptions, startDevnet } from "./devnet.ts";
export { DEVNET_ERRORS, type DevnetCode } from "./errors.ts";
export { READY_NETUID, READY_NEURONS } from "./genesis/presets.ts";
export type { GenesisNeuron, GenesisSubnet } from "./genesis/subnet.ts";
export { type Crowd, syntheticNeurons } from "./genesis/synthetic.ts";
