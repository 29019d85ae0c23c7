import type { Hex } from "@neurond/primitives";
import type { multiAddress } from "../scale/known.ts";
import type { ValueOf } from "../scale/type.ts";
import { DispatchFailure } from "./dispatch.ts";

/** The account that an address names; this runtime knows accounts only, no indices. */
export function accountOf(address: ValueOf<typeof multiAddress>): Hex {
  if (address.tag === "Id") return address.value;
  throw new DispatchFailure({ tag: "CannotLookup", value: undefined }, "CannotLookup");
}
