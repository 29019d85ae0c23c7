import { metadata } from "@polkadot-api/substrate-bindings";

type AnyMetadata = Parameters<typeof metadata.enc>[0];

const plain = (name: string, type: number, fallback: `0x${string}`) => ({
  name,
  modifier: 1,
  type: { tag: "plain" as const, value: type },
  fallback,
  docs: [],
});

const noPath = { path: [], params: [], docs: [] };

/** Metadata 14 of a runtime with a clock and nothing else: `Timestamp.Now` of the given width. */
export function smallMetadata(clock: "u64" | "u32" = "u64"): Uint8Array {
  const value: AnyMetadata = {
    magicNumber: 0x6174_656d,
    metadata: {
      tag: "v14",
      value: {
        lookup: [
          { id: 0, ...noPath, def: { tag: "primitive", value: { tag: "u64", value: undefined } } },
          { id: 1, ...noPath, def: { tag: "primitive", value: { tag: "u32", value: undefined } } },
        ],
        pallets: [
          {
            name: "Timestamp",
            storage: {
              prefix: "Timestamp",
              items: [
                plain(
                  "Now",
                  clock === "u64" ? 0 : 1,
                  clock === "u64" ? `0x${"00".repeat(8)}` : "0x00000000",
                ),
              ],
            },
            calls: undefined,
            events: undefined,
            constants: [{ name: "MinimumPeriod", type: 0, value: "0x7017000000000000", docs: [] }],
            errors: undefined,
            index: 2,
            docs: [],
          },
        ],
        extrinsic: { type: 0, version: 4, signedExtensions: [] },
        type: 0,
        apis: [],
      },
    },
  };
  return metadata.enc(value);
}
