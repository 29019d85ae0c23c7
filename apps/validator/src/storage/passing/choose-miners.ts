import { Draw, u32 } from "@neurond/crypto";
import type { Coldkey, Hotkey } from "@neurond/primitives";

/** A miner that may be given a shard. */
export interface Candidate {
  readonly hotkey: Hotkey;
  readonly coldkey: Coldkey;
  /** Where it serves. */
  readonly url: string;
}

/** Shards of a segment that want miners. */
export interface ShardsToPlace {
  readonly fileId: Uint8Array;
  readonly segment: number;
  readonly shards: number;
  /** Miners with a part in the segment already, or that failed it. */
  readonly avoid: readonly Hotkey[];
}

/** What of a segment's miners had to be the same for once. */
export type Relaxed = "coldkeys" | "networks";

/** Miners for shards, fewer than asked for when there are no more. */
export interface ChosenMiners {
  readonly miners: readonly Hotkey[];
  readonly relaxed: readonly Relaxed[];
}

/**
 * Miners for the shards of a segment, in an order drawn from file and segment: nobody's place is better
 * than another's. First those of different coldkeys in different networks, because what has one owner
 * or one cable is lost together; then, only when those are too few, of different coldkeys; then any.
 */
export function chooseMiners(
  candidates: readonly Candidate[],
  { fileId, segment, shards, avoid }: ShardsToPlace,
): ChosenMiners {
  const avoided = new Set(avoid);
  const others = candidates.filter(({ hotkey }) => avoided.has(hotkey));
  const coldkeys = new Set(others.map(({ coldkey }) => coldkey));
  const networks = new Set(others.map(({ url }) => networkOf(url)));
  let left = shuffled(
    candidates.filter(({ hotkey }) => !avoided.has(hotkey)),
    Uint8Array.from([...fileId, ...u32(segment)]),
  );
  const miners: Hotkey[] = [];
  const relaxed = new Set<Relaxed>();
  for (const rules of [["coldkeys", "networks"], ["coldkeys"], []] as const) {
    const passed: Candidate[] = [];
    for (const candidate of left) {
      const isSameOwner = coldkeys.has(candidate.coldkey);
      const isSameNetwork = networks.has(networkOf(candidate.url));
      const fits = !(rules[0] && isSameOwner) && !(rules[1] && isSameNetwork);
      if (miners.length === shards || !fits) {
        passed.push(candidate);
        continue;
      }
      miners.push(candidate.hotkey);
      coldkeys.add(candidate.coldkey);
      networks.add(networkOf(candidate.url));
      if (isSameOwner) relaxed.add("coldkeys");
      if (isSameNetwork) relaxed.add("networks");
    }
    left = passed;
  }
  return { miners, relaxed: [...relaxed].sort() };
}

/** What machines behind one cable share: a /24 of IPv4, a /48 of IPv6, else the name. */
export function networkOf(url: string): string {
  const { hostname } = new URL(url);
  if (/^\d+(\.\d+){3}$/.test(hostname)) return hostname.split(".").slice(0, 3).join(".");
  if (!hostname.startsWith("[")) return hostname;
  const [head = "", tail = ""] = hostname.slice(1, -1).split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const after = tail.split(":").filter((group) => group !== "");
  const zeros = hostname.includes("::") ? 8 - groups.length - after.length : 0;
  return [...groups, ...Array<string>(zeros).fill("0"), ...after].slice(0, 3).join(":");
}

function shuffled(candidates: readonly Candidate[], seed: Uint8Array): readonly Candidate[] {
  const ordered = [...candidates].sort((a, b) => (a.hotkey < b.hotkey ? -1 : 1));
  const draw = new Draw("validator/place", seed);
  for (let left = ordered.length; left > 1; left -= 1) {
    const [at, last] = [Number(draw.next(BigInt(left))), left - 1];
    const [a, b] = [ordered[at], ordered[last]];
    if (a !== undefined && b !== undefined) [ordered[at], ordered[last]] = [b, a];
  }
  return ordered;
}
