import { type ApiMethod, type ApiView, apiMethod } from "../frame/pallet.ts";
import { MechanismCountCurrent, NetworksAdded } from "../pallets/subtensor/storage/networks.ts";
import { indexOf } from "../pallets/subtensor/weights/place.ts";
import { option, vec } from "../scale/compose.ts";
import { u8, u16 } from "../scale/primitives.ts";
import { metagraphReaders } from "./read/metagraph-fields.ts";
import { allNetuids, existingSubnet, SubnetReader } from "./read/subnet-reader.ts";
import {
  type Metagraph,
  metagraph,
  metagraphFields,
  SELECTABLE,
  type SelectableField,
  type SelectiveMetagraph,
  selectiveMetagraph,
} from "./types/metagraph.ts";

const readAll = (subnet: SubnetReader): Metagraph =>
  Object.fromEntries(
    Object.keys(metagraphFields).map((field) => [
      field,
      metagraphReaders[field as SelectableField](subnet),
    ]),
  ) as Metagraph;

/** Unknown indexes are ignored. */
function readSelected(subnet: SubnetReader, indexes: readonly number[]): SelectiveMetagraph {
  const wanted = new Set(indexes.map((index) => SELECTABLE[index]));
  return Object.fromEntries(
    SELECTABLE.map((field) => [
      field,
      field === "netuid" || wanted.has(field) ? metagraphReaders[field](subnet) : undefined,
    ]),
  ) as SelectiveMetagraph;
}

function mechanism(view: ApiView, netuid: number, mecid: number): SubnetReader | undefined {
  const exists =
    NetworksAdded.get(view.state, netuid) && mecid < MechanismCountCurrent.get(view.state, netuid);
  return exists ? new SubnetReader(view, netuid, indexOf({ netuid, mecid })) : undefined;
}

function allMechanisms(view: ApiView): SubnetReader[] {
  return allNetuids(view).flatMap((netuid) =>
    Array.from(
      { length: MechanismCountCurrent.get(view.state, netuid) },
      (_, mecid) => new SubnetReader(view, netuid, indexOf({ netuid, mecid })),
    ),
  );
}

const optional = option(metagraph);
const optionalSelective = option(selectiveMetagraph);

/** Methods that answer with a subnet and its neurons. */
export const metagraphMethods: readonly ApiMethod[] = [
  apiMethod("get_metagraph", { netuid: u16 }, optional, (view, { netuid }) => {
    const subnet = existingSubnet(view, netuid);
    return subnet && readAll(subnet);
  }),
  apiMethod("get_all_metagraphs", {}, vec(optional), (view) =>
    allNetuids(view).map((netuid) => readAll(new SubnetReader(view, netuid))),
  ),
  apiMethod("get_mechagraph", { netuid: u16, mecid: u8 }, optional, (view, { netuid, mecid }) => {
    const subnet = mechanism(view, netuid, mecid);
    return subnet && readAll(subnet);
  }),
  apiMethod("get_all_mechagraphs", {}, vec(optional), (view) => allMechanisms(view).map(readAll)),
  apiMethod(
    "get_selective_metagraph",
    { netuid: u16, metagraph_indexes: vec(u16) },
    optionalSelective,
    (view, { netuid, metagraph_indexes }) => {
      const subnet = existingSubnet(view, netuid);
      return subnet && readSelected(subnet, metagraph_indexes);
    },
  ),
  apiMethod(
    "get_selective_mechagraph",
    { netuid: u16, subid: u8, metagraph_indexes: vec(u16) },
    optionalSelective,
    (view, { netuid, subid, metagraph_indexes }) => {
      const subnet = mechanism(view, netuid, subid);
      return subnet && readSelected(subnet, metagraph_indexes);
    },
  ),
];
