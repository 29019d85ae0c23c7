import { EPISTULA, type Principal } from "@neurond/epistula";
import type { Incoming } from "../exchange.ts";

const OFFER = ["WWW-Authenticate", "btauth/1"] as const;
const OTHERS = [EPISTULA.requestSignature, EPISTULA.signature].map((name) => name.toLowerCase());

/** Tells a caller that signed both ways that btauth/1 is enough, which saves it four signatures of five. */
export function offerBtauth({ scheme }: Principal, { headers }: Incoming): readonly string[] {
  const signedMore = scheme === "btauth/1" && OTHERS.some((name) => headers[name] !== undefined);
  return signedMore ? OFFER : [];
}
