import { type Manifest, manifestDigest } from "./manifest.ts";
import { roundOf, settledSegments, withRepair } from "./repair.ts";

/** A manifest that its owner has still to sign. */
export type UnsignedManifest = Omit<Manifest, "sig" | "repairs">;

/** The next revision of a manifest, for its owner to change and sign: it takes in what custodians moved. */
export function nextRevision({ sig: _, repairs, ...manifest }: Manifest): UnsignedManifest {
  const segments = settledSegments({ ...manifest, ...(repairs && { repairs }) });
  return { ...manifest, segments, revision: manifest.revision + 1 };
}

/**
 * What two checked manifests of one file and owner, from different places, say together: the higher
 * revision, or of one revision the latest repair of each segment. An owner that signed two of one
 * revision contradicts itself; then `known` stays.
 */
export function newestManifest(known: Manifest, other: Manifest): Manifest {
  if (known.revision !== other.revision) return known.revision > other.revision ? known : other;
  if (!isSame(manifestDigest(known), manifestDigest(other))) return known;
  return (other.repairs ?? []).reduce(
    (manifest, repair) =>
      repair.round > roundOf(manifest, repair.segment) ? withRepair(manifest, repair) : manifest,
    known,
  );
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at]);
}
