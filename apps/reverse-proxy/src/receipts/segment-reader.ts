import { type FileHandle, open, readFile } from "node:fs/promises";
import type { NodePlace } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { ReceiptCode } from "./errors.ts";
import { readLines } from "./read-lines.ts";
import {
  idKey,
  nodeOffset,
  placeInSegment,
  placesOf,
  segmentFiles,
  textOffset,
} from "./segment-shape.ts";

const HASH_BYTES = 32;

/** Reads hashes below whole segments, at their places in the whole tree. @throws CodedError RECEIPTS_GONE */
export async function readSegmentNodes(
  directory: string,
  places: readonly NodePlace[],
): Promise<Uint8Array[]> {
  const files = new Map<number, FileHandle>();
  try {
    const hashes: Uint8Array[] = [];
    for (const whole of places) {
      const { segment, place } = placeInSegment(whole);
      const file = files.get(segment) ?? (await openKept(segmentFiles(directory, segment).tree));
      files.set(segment, file);
      const hash = new Uint8Array(HASH_BYTES);
      await file.read(hash, 0, HASH_BYTES, nodeOffset(place));
      hashes.push(hash);
    }
    return hashes;
  } finally {
    for (const file of files.values()) await file.close();
  }
}

/** A receipt in a segment. */
export interface PlacedText {
  readonly place: number;
  readonly text: string;
}

/** The newest receipt of a request in a segment; undefined when there is none. */
export async function findInSegment(
  directory: string,
  segment: number,
  requestId: string,
): Promise<PlacedText | undefined> {
  const paths = segmentFiles(directory, segment);
  const index = await readFile(paths.index).catch(() => Buffer.alloc(0));
  for (const place of placesOf(index, idKey(requestId))) {
    for await (const { text } of readLines(paths.texts, textOffset(index, place))) {
      if (isOf(text, requestId)) return { place, text };
      break;
    }
  }
  return undefined;
}

/** The texts of a segment from a place on. */
export async function* readTexts(
  directory: string,
  segment: number,
  from: number,
): AsyncGenerator<string> {
  const paths = segmentFiles(directory, segment);
  const index = await readFile(paths.index);
  for await (const { text } of readLines(paths.texts, textOffset(index, from))) yield text;
}

function isOf(text: string, requestId: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === "object" &&
      value !== null &&
      "request_id" in value &&
      value.request_id === requestId
    );
  } catch {
    return false;
  }
}

async function openKept(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new CodedError<ReceiptCode>(
      "RECEIPTS_GONE",
      "these receipts are older than what is kept; ask for later ones",
      {},
      { cause },
    );
  }
}
