import type { CallDef } from "../../../frame/pallet.ts";
import { commitCalls } from "./commit.ts";
import { revealCalls } from "./reveal.ts";
import { setCalls } from "./set.ts";
import { timelockedCalls } from "./timelocked.ts";

/** Every call that sets, commits or reveals weights. */
export const weightsCalls: readonly CallDef[] = [
  ...setCalls,
  ...commitCalls,
  ...revealCalls,
  ...timelockedCalls,
];
