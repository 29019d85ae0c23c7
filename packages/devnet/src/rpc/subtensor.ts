import { concat } from "../node/bytes.ts";
import { vec } from "../scale/compose.ts";
import { decode } from "../scale/decode.ts";
import { u16, u64 } from "../scale/primitives.ts";
import { invalidParams } from "./error.ts";
import { blockAt, type Method, type Namespace, type Services, stateOf } from "./method.ts";
import { asNumber, type Params } from "./params.ts";
import { callRuntime } from "./runtime-call.ts";

const MAX_U16 = 0xffff;
const MAX_INDEXES = 1_024;

type Reader = (params: Params, index: number) => Uint8Array;

function asU16(value: unknown, index: number): number {
  const number = asNumber(value, index);
  if (number > MAX_U16) throw invalidParams(`parameter ${index} is not a u16`);
  return number;
}

const short: Reader = (params, index) => u16.codec.enc(asU16(params.raw(index), index));
const shorts: Reader = (params, index) => {
  const list = params.raw(index);
  if (!Array.isArray(list) || list.length > MAX_INDEXES) {
    throw invalidParams(`parameter ${index} is not a list of at most ${MAX_INDEXES} numbers`);
  }
  return vec(u16).codec.enc(list.map((item: unknown) => asU16(item, index)));
};

/** The optional hash follows the arguments. */
function run(services: Services, params: Params, name: string, readers: readonly Reader[]) {
  const block = blockAt(services, params.atMost(readers.length + 1).hash(readers.length));
  const view = { state: stateOf(services, block), block: block.number, hash: block.hash };
  const args = concat(...readers.map((read, index) => read(params, index)));
  return callRuntime(services.node.runtimeAt(block), view, name, args);
}

/** The SCALE answer of a runtime API as a list of bytes: how this node's own methods give it. */
const asBytes =
  (name: string, ...readers: readonly Reader[]): Method =>
  (services, params) => [...run(services, params, name, readers)];

/** Shortcuts of the subtensor node to its runtime APIs; clients of today use `state_call`. */
export const subtensor: Namespace = {
  methods: {
    neuronInfo_getNeuronsLite: asBytes("NeuronInfoRuntimeApi_get_neurons_lite", short),
    neuronInfo_getNeuronLite: asBytes("NeuronInfoRuntimeApi_get_neuron_lite", short, short),
    neuronInfo_getNeurons: asBytes("NeuronInfoRuntimeApi_get_neurons", short),
    neuronInfo_getNeuron: asBytes("NeuronInfoRuntimeApi_get_neuron", short, short),
    subnetInfo_getMetagraph: asBytes("SubnetInfoRuntimeApi_get_metagraph", short),
    subnetInfo_getSelectiveMetagraph: asBytes(
      "SubnetInfoRuntimeApi_get_selective_metagraph",
      short,
      shorts,
    ),
    subnetInfo_getDynamicInfo: asBytes("SubnetInfoRuntimeApi_get_dynamic_info", short),
    subnetInfo_getAllDynamicInfo: asBytes("SubnetInfoRuntimeApi_get_all_dynamic_info"),
    subnetInfo_getSubnetInfo: asBytes("SubnetInfoRuntimeApi_get_subnet_info", short),
    subnetInfo_getSubnetHyperparams: asBytes("SubnetInfoRuntimeApi_get_subnet_hyperparams", short),
    subnetInfo_getSubnetState: asBytes("SubnetInfoRuntimeApi_get_subnet_state", short),
    subnetInfo_getLockCost: (services, params) => {
      const name = "SubnetRegistrationRuntimeApi_get_network_registration_cost";
      return Number(decode(u64, run(services, params, name, [])));
    },
  },
};
