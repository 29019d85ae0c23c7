import { decodeEntry, isEntryOf } from "@neurond/ledger";
import { TokenTask } from "@neurond/workload-storage/token";
import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { type TokenFault, tokenFaultOf } from "../period/tokens-asked.ts";
import { ProvenEntry } from "../segment.ts";
import { type Accused, asserted, type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** Two records of one shard's tokens in one log, one after the other. */
export const TokenReused = z.strictObject({ head: Head, entry: ProvenEntry, earlier: ProvenEntry });
/** The same, where one in between was left out; the first of a shard has none before it. */
export const TokenSkipped = TokenReused.extend({ earlier: ProvenEntry.nullable() });

/** Both records stand in the validator's log: that is all it takes. */
export const checkTokenReused: CheckClaim = (claim, accused, { verify }) => {
  const parsed = TokenReused.safeParse(claim);
  if (!parsed.success) return malformed("not two records of tokens");
  return judge(parsed.data, "reused", accused, verify);
};

/** That nothing was asked in between, only the whole log shows. */
export const checkTokenSkipped: CheckClaim = (claim, accused, { verify }) => {
  const parsed = TokenSkipped.safeParse(claim);
  if (!parsed.success) return malformed("not records of tokens");
  return judge(parsed.data, "skipped", accused, verify);
};

function judge(
  { head, entry, earlier }: z.infer<typeof TokenSkipped>,
  kind: TokenFault["kind"],
  accused: Accused,
  verify: Parameters<CheckClaim>[2]["verify"],
) {
  const binding = openHead(head, accused, verify);
  if (binding === null) return notProven("the head does not bind the validator");
  const read = (proven: ProvenEntry): TokenTask | null => {
    const seen = isEntryOf(binding.head, proven) ? decodeEntry(proven.text) : null;
    const isOurs = seen?.kind === "observation" && seen.validator === accused.validator;
    const task = isOurs ? TokenTask.safeParse(seen.task).data : undefined;
    return task?.miner === accused.miner ? task : null;
  };
  const [later, before] = [read(entry), earlier && read(earlier)];
  if (later === null || (earlier !== null && before === null)) {
    return notProven("the head does not hold the records");
  }
  const [root, other] = [rootOf(later), before && rootOf(before)];
  const isOrdered = earlier === null || earlier.index < entry.index;
  if (root === null || (before !== null && root !== other) || !isOrdered) {
    return notProven("the records are not of one shard's tokens");
  }
  if (tokenFaultOf(before, later) !== kind) return notProven("the token was the next");
  return kind === "reused" ? proven(binding.facts) : asserted(binding.facts);
}

const rootOf = ({ receipt }: TokenTask) => receipt.receipt.tokens?.root ?? null;
