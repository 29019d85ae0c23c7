import { asList, asNumber, asRecord, asVariant } from "../codec/value.ts";
import type { ChainEvent } from "../head.ts";
import type { State } from "../state.ts";

/** Events of the state's block, in order. */
export async function readEvents(state: State): Promise<readonly ChainEvent[]> {
  const records = asList(await state.get("System", "Events"));
  return records.map((entry) => {
    const { phase, event } = asRecord(entry);
    const { kind: pallet, value } = asVariant(event);
    const { kind: name, value: fields } = asVariant(value);
    const applied = asVariant(phase);
    const extrinsic = applied.kind === "ApplyExtrinsic" ? asNumber(applied.value) : undefined;
    return { pallet, name, fields, extrinsic };
  });
}
