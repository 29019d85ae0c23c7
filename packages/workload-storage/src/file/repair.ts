import type { Verify } from "@neurond/crypto";
import {
  canonicalJson,
  domainHash,
  fromHex,
  type Hex,
  publicKeyOf,
  toHex,
} from "@neurond/primitives";
import { z } from "zod";
import { field } from "../fields.ts";
import type { Manifest } from "./manifest.ts";
import { checkShards, MAX_SHARDS, ManifestShard } from "./manifest-shard.ts";

const DOMAIN = "filetao/repair/v1";

/**
 * A segment's shards after a repair, signed by the custodian whom the owner named for them. Only the
 * latest of a segment is kept; the owner's next revision takes it in.
 */
export const Repair = z.strictObject({
  segment: field.u32,
  /** Of the manifest it adds to. */
  revision: field.u32,
  /** One more with every repair of the segment; the generation of the shards it moved. */
  round: field.u32,
  /** All of the segment, moved or not. */
  shards: z.array(ManifestShard).max(MAX_SHARDS),
  by: field.hotkey,
  sig: field.signature,
});
export type Repair = z.infer<typeof Repair>;

type Placed = Pick<Manifest, "segments" | "repairs">;

/** The 32 bytes a custodian signs. */
export function repairDigest(
  id: Hex,
  { sig: _, ...rest }: Omit<Repair, "sig"> & { readonly sig?: unknown },
): Uint8Array {
  return domainHash(DOMAIN, canonicalJson({ id, ...rest }));
}

/** Signs a repair of a file as its custodian. */
export function signRepair(
  id: Hex,
  unsigned: Omit<Repair, "sig">,
  sign: (digest: Uint8Array) => Uint8Array,
): Repair {
  return { ...unsigned, sig: toHex(sign(repairDigest(id, unsigned))) };
}

/** The shards of a segment as they are now: the owner's, or those of the latest repair. */
export function shardsOf({ segments, repairs }: Placed, segment: number): readonly ManifestShard[] {
  const repaired = repairs?.find((repair) => repair.segment === segment);
  return repaired?.shards ?? segments[segment]?.shards ?? [];
}

/** The round of the latest repair of a segment, whoever signed it; 0 before the first. */
export function roundOf(manifest: Placed, segment: number): number {
  return Math.max(0, ...shardsOf(manifest, segment).map(({ generation }) => generation));
}

/** A manifest with a repair in it, in place of an earlier one of the segment. */
export function withRepair(manifest: Manifest, repair: Repair): Manifest {
  const others = (manifest.repairs ?? []).filter(({ segment }) => segment !== repair.segment);
  return { ...manifest, repairs: [...others, repair].sort((a, b) => a.segment - b.segment) };
}

/** The segments of a manifest with its repairs taken in, for its owner to sign. */
export function settledSegments(manifest: Placed): Manifest["segments"] {
  return manifest.segments.map(({ index }) => ({ index, shards: [...shardsOf(manifest, index)] }));
}

/** What is wrong with the repairs of a manifest whose own part is right; null when nothing is. */
export function repairFault(manifest: Manifest, verify: Verify): string | null {
  let before = -1;
  for (const repair of manifest.repairs ?? []) {
    if (repair.segment <= before) return "its repairs are not in order";
    before = repair.segment;
    const fault = faultOf(manifest, repair, verify);
    if (fault !== null) return `the repair of segment ${repair.segment}: ${fault}`;
  }
  return null;
}

function faultOf(manifest: Manifest, repair: Repair, verify: Verify): string | null {
  const { segment, by, shards, round, revision } = repair;
  const original = manifest.segments[segment]?.shards ?? [];
  if (original.length === 0) return "there is no such segment";
  if (original.some(({ custodian }) => custodian !== by))
    return "its owner named no such custodian";
  if (shards.some(({ custodian }) => custodian !== by)) return "it names another custodian";
  if (revision !== manifest.revision) return "it is of another revision";
  const end = Math.min(manifest.size, (segment + 1) * manifest.segment_size);
  const fault = checkShards(manifest, segment, end - segment * manifest.segment_size, shards);
  if (fault !== null) return fault;
  const plainRoots = new Map(original.map(({ i, plain_root }) => [i, plain_root]));
  if (shards.some(({ i, plain_root }) => (plainRoots.get(i) ?? plain_root) !== plain_root)) {
    return "it holds other bytes than its owner stored";
  }
  const latest = Math.max(...shards.map(({ generation }) => generation));
  const first = Math.max(...original.map(({ generation }) => generation));
  if (latest !== round || round <= first) return "its round is not that of what it moved";
  const digest = repairDigest(manifest.id, repair);
  return verify(publicKeyOf(by), digest, fromHex(repair.sig))
    ? null
    : "its custodian did not sign it";
}
