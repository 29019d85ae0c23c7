import { mkdir } from "node:fs/promises";
import { type SelectionRecord, sealLine, type TaskEvent } from "@neurond/storage-rules";
import { RotatingFile } from "./rotating-file.ts";

/** The event log of a validator: `events.jsonl`, an event or selection a line, each sealed to the one before. */
export interface EventLog extends AsyncDisposable {
  append(record: TaskEvent | SelectionRecord): Promise<void>;
}

/** Set aside beside the one written to: at 2 GB each that is 22 GB. */
const KEEP = 10;

/** Opens the log of a state directory, which is made when absent (`--neuron.events_retention_size`). */
export async function openEventLog(
  directory: string,
  { maxBytes = 2_000_000_000, keep = KEEP } = {},
): Promise<EventLog> {
  await mkdir(directory, { recursive: true });
  const file = await RotatingFile.open({ directory, name: "events", maxBytes, keep });
  return {
    append: (record) => file.append((lineBefore) => sealLine(record, lineBefore)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
