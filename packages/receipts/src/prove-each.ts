import { MemoryNodes, MerkleBuilder, peakPlaces, proveInclusion } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import type { ExportHeader } from "./export-header.ts";
import type { ProvenReceipt } from "./proven-receipt.ts";
import { RECEIPT_TREE, receiptLeaf } from "./tree.ts";

/** Each receipt of an export that was verified, with the proof that it stands under the export's head. */
export async function proveEach(
  { first, peaks, checkpoint }: ExportHeader,
  texts: readonly string[],
): Promise<readonly ProvenReceipt[]> {
  const nodes = new MemoryNodes();
  const hashes = peaks.map(fromHex);
  nodes.add(peakPlaces(first).map((place, at) => ({ ...place, hash: hashes[at] ?? NOTHING })));
  const tree = new MerkleBuilder(RECEIPT_TREE, first, hashes);
  for (const text of texts) nodes.add(tree.append(receiptLeaf(text)));
  const proven: ProvenReceipt[] = [];
  for (const [at, receipt] of texts.entries()) {
    const index = first + at;
    const proof = await proveInclusion(RECEIPT_TREE, nodes, index, checkpoint.size);
    proven.push({ receipt, index, checkpoint, proof: proof.map(toHex) });
  }
  return proven;
}

const NOTHING = new Uint8Array();
