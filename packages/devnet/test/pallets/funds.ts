import type { Hex } from "@neurond/primitives";
import { addIssuance, freeBalance, setFree } from "../../src/pallets/balances/accounts.ts";
import type { TestChain } from "../context.ts";

export const TAO = 1_000_000_000n;

/** Gives an account exactly so many rao, without a trace in the events. */
export function fund(chain: TestChain, who: Hex, rao: bigint): void {
  addIssuance(chain.state, rao - freeBalance(chain.state, who));
  setFree(chain.as(), who, rao);
  chain.events = [];
}
