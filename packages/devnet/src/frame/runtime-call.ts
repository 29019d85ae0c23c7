import { createCodec, createDecoder, u8 } from "scale-ts";
import { defineType, type Type, type VariantDef } from "../scale/type.ts";
import type { NestedCall } from "./dispatch.ts";
import type { CallDef, Pallet } from "./pallet.ts";

/** The call that two indices name. @throws RangeError when this runtime has no such call. */
export function findCall(pallets: readonly Pallet[], pallet: number, call: number): CallDef {
  const def = pallets
    .find(({ index }) => index === pallet)
    ?.calls.find(({ index }) => index === call);
  if (!def) throw new RangeError(`no call ${pallet}.${call} in this runtime`);
  return def;
}

/**
 * The type of all calls of a runtime (`RuntimeCall`): pallet index, call index, arguments. The
 * pallets are asked for late, because some of their calls contain calls.
 */
export function runtimeCallOf(
  pallets: () => readonly Pallet[],
  variants: () => readonly VariantDef[],
): Type<NestedCall> {
  const codec = createCodec<NestedCall>(
    ({ pallet, call, args }) => {
      const encoded = findCall(pallets(), pallet, call).args.codec.enc(args);
      const bytes = new Uint8Array(2 + encoded.length);
      bytes.set([pallet, call]);
      bytes.set(encoded, 2);
      return bytes;
    },
    createDecoder((input) => {
      const pallet = u8.dec(input);
      const call = u8.dec(input);
      return { pallet, call, args: findCall(pallets(), pallet, call).args.codec.dec(input) };
    }),
  );
  return defineType(codec, () => ({ tag: "variant", variants: variants() }), [
    "node_subtensor_runtime",
    "RuntimeCall",
  ]);
}
