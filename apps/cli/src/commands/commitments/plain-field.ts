import type { CommitmentField } from "@neurond/chain";
import { toHex } from "@neurond/primitives";
import type { z } from "zod";
import type { FieldShape } from "./schemas.ts";

/** A commitment's field as results show it. */
export function plainField(field: CommitmentField): z.infer<typeof FieldShape> {
  const bytes = bytesOf(field);
  return {
    kind: field.kind,
    hex: bytes === undefined ? null : toHex(bytes),
    text: field.kind === "raw" ? textOf(field.bytes) : null,
    round: field.kind === "timelocked" ? field.round.toString() : null,
  };
}

/** Bytes as text, or null when they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A field in one cell of a table. */
export function fieldText({ kind, hex, text }: z.infer<typeof FieldShape>): string {
  if (text !== null) return text;
  return hex === null ? kind : `${kind} ${hex}`;
}

function bytesOf(field: CommitmentField): Uint8Array | undefined {
  if ("bytes" in field) return field.bytes;
  if ("hash" in field) return field.hash;
  return "encrypted" in field ? field.encrypted : undefined;
}
