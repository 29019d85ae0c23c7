import { parseRowsCommitment } from "@neurond/exports";
import type { TreeText } from "@neurond/ingest";
import { toHex } from "@neurond/primitives";

const MAX_DEPTH = 8;
/** Hexadecimal digits of the longest field there is. */
const HEX = /^0x(?:[0-9a-f]{2}){1,512}$/i;

/**
 * The tree of invocations among a commitment's fields, as bytes or as hexadecimal text, whatever a library
 * calls the field: its text begins with its own name. Null when there is none.
 */
export function rowsField(value: unknown, depth = 0): TreeText | null {
  if (value instanceof Uint8Array) return parsed(value);
  if (typeof value === "string")
    return HEX.test(value) ? parsed(Buffer.from(value.slice(2), "hex")) : null;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return null;
  for (const item of Object.values(value)) {
    const found = rowsField(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function parsed(bytes: Uint8Array): TreeText | null {
  const head = parseRowsCommitment(Buffer.from(bytes).toString("latin1"));
  return head && { size: head.size, root: toHex(head.root).slice(2) };
}
