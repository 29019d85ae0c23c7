import { Draw } from "@neurond/crypto";
import type { Coldkey, Hotkey } from "@neurond/primitives";

/** A miner that may be given a shard. */
export interface Candidate {
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
}

/**
 * Miners for a file, in an order drawn from its id: nobody's place is better than another's. First
 * one of each coldkey, because copies with one owner are lost together; the rest only when those
 * are fewer than the copies.
 */
export function chooseMiners(
  candidates: readonly Candidate[],
  fileId: Uint8Array,
  copies: number,
): readonly Hotkey[] {
  const ordered = [...candidates].sort((a, b) => (a.hotkey < b.hotkey ? -1 : 1));
  const draw = new Draw("validator/place", fileId);
  for (let left = ordered.length; left > 1; left -= 1) {
    const [at, last] = [Number(draw.next(BigInt(left))), left - 1];
    const [a, b] = [ordered[at], ordered[last]];
    if (a !== undefined && b !== undefined) [ordered[at], ordered[last]] = [b, a];
  }
  const owners = new Set<Coldkey>();
  const firsts: Candidate[] = [];
  const others: Candidate[] = [];
  for (const candidate of ordered) {
    (owners.has(candidate.coldkey) ? others : firsts).push(candidate);
    owners.add(candidate.coldkey);
  }
  const chosen = firsts.length >= copies ? firsts : [...firsts, ...others];
  return chosen.map(({ hotkey }) => hotkey);
}
