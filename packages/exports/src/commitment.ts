import { fromHex, toHex } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { TreeHead } from "./tree/invocation-tree.ts";

/** Fields of the commitment to a report, as a chain client takes them. */
export type ReportField =
  | { readonly kind: "sha-256"; readonly hash: Uint8Array }
  | { readonly kind: "raw"; readonly bytes: Uint8Array };

const ROWS = /^neurond\/rows\/v1:(0|[1-9]\d{0,14}):([0-9a-f]{64})$/;

/**
 * The fields under which our validators commit to a report: its SHA-256 first, which is where every
 * auditor looks, then `neurond/rows/v1:<size>:<root>`, the tree over its invocations.
 */
export function commitmentFields(reportSha256: Uint8Array, tree: TreeHead): readonly ReportField[] {
  return [
    { kind: "sha-256", hash: reportSha256 },
    { kind: "raw", bytes: utf8ToBytes(rowsCommitment(tree)) },
  ];
}

/** The text of the second field. */
export function rowsCommitment({ size, root }: TreeHead): string {
  return `neurond/rows/v1:${size}:${toHex(root).slice(2)}`;
}

/** Reads the text of a second field; null when it is something else. */
export function parseRowsCommitment(text: string): TreeHead | null {
  const [, size, root] = ROWS.exec(text) ?? [];
  return size === undefined || root === undefined
    ? null
    : { size: Number(size), root: fromHex(`0x${root}`) };
}

/** What a chain keeps of a hotkey's commitment; null for what an answer does not say. */
export interface Registration {
  /** Block in which it was set. */
  readonly block: number | null;
  readonly digest: Uint8Array | null;
}

/** Reads what a library answered for `CommitmentOf`; the digest as `digestOf` finds it. */
export function registrationOf(answer: unknown): Registration {
  const isRecord = typeof answer === "object" && answer !== null && "block" in answer;
  const block = isRecord ? Number(answer.block) : Number.NaN;
  return { block: Number.isSafeInteger(block) ? block : null, digest: digestOf(answer) };
}

const MAX_DEPTH = 8;
/** Names that libraries give the field: metadata's, camel case, and our own client's. */
const NAMES = ["Sha256", "sha256"];

/**
 * The first SHA-256 digest in what a library answered: fields, a commitment or a whole registration,
 * with the digest as hexadecimal text, list of bytes, bytes, or any of them in lists of one. Null
 * when there is none; never a guess from a field of another kind.
 */
export function digestOf(answer: unknown): Uint8Array | null {
  return find(answer, 0);
}

function find(value: unknown, depth: number): Uint8Array | null {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return null;
  if (value instanceof Uint8Array) return null;
  if (Array.isArray(value)) return firstOf(value, depth);
  const record = new Map<string, unknown>(Object.entries(value));
  if (record.get("kind") === "sha-256") return bytesOf(record.get("hash"), 0);
  if (record.get("tag") === "Sha256" || record.get("type") === "Sha256")
    return bytesOf(record.get("value"), 0);
  for (const name of NAMES) if (record.has(name)) return bytesOf(record.get(name), 0);
  return firstOf([record.get("info"), record.get("fields")], depth);
}

function firstOf(items: readonly unknown[], depth: number): Uint8Array | null {
  for (const item of items) {
    const found = find(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** 32 bytes out of any spelling of them. */
function bytesOf(value: unknown, depth: number): Uint8Array | null {
  if (depth > MAX_DEPTH) return null;
  if (typeof value === "string") {
    const [, digits] = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(value) ?? [];
    return digits === undefined ? null : fromHex(`0x${digits.toLowerCase()}`);
  }
  if (value instanceof Uint8Array) return value.length === 32 ? value.slice() : null;
  if (!Array.isArray(value)) return null;
  if (value.length === 1) return bytesOf(value[0], depth + 1);
  const isBytes =
    value.length === 32 && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes ? Uint8Array.from(value as readonly number[]) : null;
}
