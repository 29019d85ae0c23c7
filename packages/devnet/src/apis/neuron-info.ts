import { apiMethod, type RuntimeApi } from "../frame/pallet.ts";
import { SubnetworkN } from "../pallets/subtensor/storage/neurons.ts";
import { option, vec } from "../scale/compose.ts";
import { u16 } from "../scale/primitives.ts";
import { neuronReader } from "./read/neuron.ts";
import { existingSubnet } from "./read/subnet-reader.ts";
import { neuronInfo, neuronInfoLite } from "./types/neuron.ts";

const one = { netuid: u16, uid: u16 };
const all = { netuid: u16 };

/** `NeuronInfoRuntimeApi`: neurons one by one. */
export const neuronInfoApi: RuntimeApi = {
  name: "NeuronInfoRuntimeApi",
  version: 1,
  methods: [
    apiMethod("get_neurons", all, vec(neuronInfo), (view, { netuid }) => {
      const subnet = existingSubnet(view, netuid);
      return subnet ? subnet.uids.map(neuronReader(subnet).full) : [];
    }),
    apiMethod("get_neuron", one, option(neuronInfo), (view, { netuid, uid }) => {
      const subnet = existingSubnet(view, netuid);
      if (!subnet || uid >= SubnetworkN.get(view.state, netuid)) return undefined;
      return neuronReader(subnet).full(uid);
    }),
    apiMethod("get_neurons_lite", all, vec(neuronInfoLite), (view, { netuid }) => {
      const subnet = existingSubnet(view, netuid);
      return subnet ? subnet.uids.map(neuronReader(subnet).lite) : [];
    }),
    apiMethod("get_neuron_lite", one, option(neuronInfoLite), (view, { netuid, uid }) => {
      const subnet = existingSubnet(view, netuid);
      if (!subnet || uid >= SubnetworkN.get(view.state, netuid)) return undefined;
      return neuronReader(subnet).lite(uid);
    }),
  ],
};
