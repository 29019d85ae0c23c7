import type { AuditState } from "@neurond/ingest";
import { hasReached, isSettled } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";

/** Takes up again every entry that was put aside, from its download; how many. */
export async function retryEntries(
  state: Pick<AuditState, "entries" | "save">,
  source: Hotkey,
): Promise<number> {
  const aside = (await state.entries(source)).filter(
    (entry) => isSettled(entry) && !hasReached(entry, "LOADED"),
  );
  for (const entry of aside)
    await state.save({ ...entry, step: "LISTED", problem: null, failures: 0, nextTryMs: 0 });
  return aside.length;
}
