import { toHex } from "@neurond/primitives";
import { metadata as codec, type V16 } from "@polkadot-api/substrate-bindings";
import { struct, tuple } from "../scale/compose.ts";
import { multiAddress, multiSignature } from "../scale/known.ts";
import { bytes } from "../scale/primitives.ts";
import { TypeRegistry } from "../scale/registry.ts";
import { type AnyType, defineType, type Type } from "../scale/type.ts";
import { extensions, extra } from "./extensions.ts";
import { type Described, toV14, toV15 } from "./metadata-older.ts";
import { type outerEnums, type PalletEnums, runtimeErrorOf } from "./outer-enums.ts";
import type { Pallet, RuntimeApi } from "./pallet.ts";
import type { AnyItem } from "./storage.ts";

/** Everything that metadata describes. */
export interface MetadataSource {
  readonly pallets: readonly Pallet[];
  readonly apis: readonly RuntimeApi[];
  readonly enums: ReturnType<typeof outerEnums>;
  readonly runtimeCall: AnyType;
  readonly runtimeEvent: AnyType;
}

export type MetadataVersion = 14 | 15 | 16;

const MAGIC = 0x6174656d; // "meta"

/** The runtime's metadata, magic included, in one of the versions that clients ask for. */
export function encodeMetadata(source: MetadataSource, version: MetadataVersion): Uint8Array {
  const described = describe(source);
  const encode = (metadata: Parameters<typeof codec.enc>[0]["metadata"]) =>
    codec.enc({ magicNumber: MAGIC, metadata });
  if (version === 16) return encode({ tag: "v16", value: described.v16 });
  if (version === 15) return encode({ tag: "v15", value: toV15(described) });
  return encode({ tag: "v14", value: toV14(described) });
}

const notDeprecated = { tag: "NotDeprecated", value: undefined } as const;
const undocumented = { docs: [], deprecationInfo: notDeprecated };

function describe({ pallets, apis, enums, runtimeCall, runtimeEvent }: MetadataSource): Described {
  const registry = new TypeRegistry();
  const id = (type: AnyType) => registry.idOf(type);
  const v16: V16 = {
    lookup: registry.types,
    pallets: pallets.map((pallet) => describePallet(id, pallet, enums.of(pallet))),
    extrinsic: {
      version: [4, 5],
      address: id(multiAddress),
      call: id(runtimeCall),
      signature: id(multiSignature),
      signedExtensionsByVersion: [[0, extensions.map((_, i) => i)]],
      signedExtensions: extensions.map((extension) => ({
        identifier: extension.identifier,
        type: id(extension.extra),
        additionalSigned: id(extension.implicit),
      })),
    },
    apis: apis.map((api) => describeApi(id, api)),
    outerEnums: {
      call: id(runtimeCall),
      event: id(runtimeEvent),
      error: id(runtimeErrorOf(() => enums.errorVariants)),
    },
    custom: [],
  };
  return {
    v16,
    runtime: id(struct(["node_subtensor_runtime", "Runtime"], {})),
    extra: id(extra),
    extrinsic: id(uncheckedExtrinsic(runtimeCall)),
  };
}

type IdOf = (type: AnyType) => number;

function describePallet(
  id: IdOf,
  pallet: Pallet,
  enums: PalletEnums | undefined,
): V16["pallets"][number] {
  const enumId = (type: AnyType | undefined) => type && { type: id(type), deprecationInfo: [] };
  return {
    name: pallet.name,
    index: pallet.index,
    storage:
      pallet.storage.length === 0
        ? undefined
        : { prefix: pallet.name, items: pallet.storage.map((item) => describeItem(id, item)) },
    calls: enumId(enums?.calls),
    events: enumId(enums?.events),
    errors: enumId(enums?.errors),
    constants: pallet.constants.map(({ name, type, value }) => ({
      name,
      type: id(type),
      value: toHex(value),
      ...undocumented,
    })),
    associatedTypes: [],
    viewFns: [],
    ...undocumented,
  };
}

function describeItem(id: IdOf, item: AnyItem) {
  const hashers = item.parts.map(({ hasher }) => ({ tag: hasher, value: undefined }));
  const value = id(item.type);
  const [only, ...more] = item.parts.map(({ type }) => type);
  return {
    name: item.name,
    modifier: item.modifier === "Default" ? 1 : 0,
    type: only
      ? {
          tag: "map" as const,
          value: { hashers, key: id(more.length === 0 ? only : tuple(only, ...more)), value },
        }
      : { tag: "plain" as const, value },
    fallback: toHex(item.fallback()),
    ...undocumented,
  };
}

const describeApi = (id: IdOf, { name, version, methods }: RuntimeApi): V16["apis"][number] => ({
  name,
  version,
  methods: methods.map((method) => ({
    name: method.name,
    inputs: method.inputs.map((input) => ({ name: input.name, type: id(input.type) })),
    output: id(method.output),
    ...undocumented,
  })),
  ...undocumented,
});

const extrinsicTypes = new WeakMap<AnyType, Type<Uint8Array>>();

/**
 * Clients read the four parameters of this type, not its bytes; polkadot.js looks for them on the
 * inner one. One type for one call type.
 */
export function uncheckedExtrinsic(runtimeCall: AnyType): Type<Uint8Array> {
  const known = extrinsicTypes.get(runtimeCall);
  if (known) return known;
  const params = [
    { name: "Address", type: multiAddress },
    { name: "Call", type: runtimeCall },
    { name: "Signature", type: multiSignature },
  ];
  const inner = defineType(
    bytes.codec,
    { tag: "composite", fields: [{ type: bytes }] },
    ["sp_runtime", "generic", "unchecked_extrinsic", "UncheckedExtrinsic"],
    [...params, { name: "Extra", type: extra }],
  );
  const type = defineType(
    bytes.codec,
    { tag: "composite", fields: [{ type: inner }] },
    ["fp_self_contained", "unchecked_extrinsic", "UncheckedExtrinsic"],
    [...params, { name: "Extension", type: extra }],
  );
  extrinsicTypes.set(runtimeCall, type);
  return type;
}
