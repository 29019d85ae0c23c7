import type { V14, V15, V16 } from "@polkadot-api/substrate-bindings";

/** V16 metadata, and the ids of types that only older versions name. */
export interface Described {
  readonly v16: V16;
  readonly runtime: number;
  readonly extra: number;
  readonly extrinsic: number;
}

const withoutDeprecation = ({
  name,
  index,
  storage,
  calls,
  events,
  errors,
  constants,
  docs,
}: V16["pallets"][number]) => ({
  name,
  index,
  storage,
  calls: calls?.type,
  events: events?.type,
  errors: errors?.type,
  constants,
  docs,
});

/** V15: V16 without associated types, view functions, API versions and deprecation notes. */
export function toV15({ v16, runtime, extra }: Described): V15 {
  const { address, call, signature, signedExtensions } = v16.extrinsic;
  return {
    lookup: v16.lookup,
    pallets: v16.pallets.map(withoutDeprecation),
    extrinsic: { version: 4, address, call, signature, extra, signedExtensions },
    type: runtime,
    apis: v16.apis,
    outerEnums: v16.outerEnums,
    custom: v16.custom,
  };
}

/** V14: V15 without runtime APIs and outer enums; the extrinsic is one type. */
export const toV14 = ({ v16, runtime, extrinsic }: Described): V14 => ({
  lookup: v16.lookup,
  pallets: v16.pallets.map(withoutDeprecation),
  extrinsic: {
    type: extrinsic,
    version: 4,
    signedExtensions: v16.extrinsic.signedExtensions,
  },
  type: runtime,
  apis: [],
});
