import { fromHex, toHex } from "@neurond/primitives";
import type { Beacon } from "@neurond/workload-storage";
import { z } from "zod";

const common = { block: z.int().min(0), block_hash: z.string().regex(/^0x[0-9a-f]{64}$/) };

/** A beacon as evidence carries it. */
export const BeaconText = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal(0), ...common }),
  z.strictObject({
    kind: z.literal(1),
    ...common,
    block_seconds: z.int().min(0),
    round: z.int().min(0),
    signature: z.string().regex(/^0x[0-9a-f]{96}$/),
  }),
]);
export type BeaconText = Readonly<z.infer<typeof BeaconText>>;

/** Writes a beacon down. */
export function writeBeacon(beacon: Beacon): BeaconText {
  const block_hash = toHex(beacon.blockHash);
  if (beacon.kind === 0) return { kind: 0, block: beacon.block, block_hash };
  const { block, blockSeconds, round, signature } = beacon;
  return {
    kind: 1,
    block,
    block_hash,
    block_seconds: blockSeconds,
    round,
    signature: toHex(signature),
  };
}

/** Names a beacon for a reader, who has to find it on chain. */
export function beaconStated(text: BeaconText): string {
  const drand =
    text.kind === 1 ? ` at ${text.block_seconds} s, and drand's round ${text.round}` : "";
  return `the beacon is of kind ${text.kind}: block ${text.block} (${text.block_hash})${drand}`;
}

/** Reads a beacon back. */
export function readBeaconText(text: BeaconText): Beacon {
  const { block } = text;
  const blockHash = fromHex(text.block_hash);
  if (text.kind === 0) return { kind: 0, block, blockHash };
  const { block_seconds: blockSeconds, round } = text;
  return { kind: 1, block, blockHash, blockSeconds, round, signature: fromHex(text.signature) };
}
