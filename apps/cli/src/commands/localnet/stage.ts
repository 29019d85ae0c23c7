import type { Chain } from "@neurond/chain";
import type { Environment } from "./daemons.ts";
import type { Ground } from "./ground.ts";

/** What a story is told with. */
export interface Stage {
  readonly ground: Ground;
  readonly chain: Chain;
  readonly env: Environment;
}
