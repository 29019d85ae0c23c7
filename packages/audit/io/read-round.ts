import type { OpeningRound } from "@neurond/audit";
import type { Chain } from "@neurond/chain";
import { verifyRound } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { z } from "zod";
import { getPublic, type HttpLimits } from "./public-http.ts";

const HEX = /^(?:0x)?((?:[0-9a-f]{2})*)$/;
const bytes = (length: number) =>
  z
    .union([
      z.instanceof(Uint8Array),
      z
        .string()
        .regex(HEX)
        .transform((text) => fromHex(`0x${HEX.exec(text)?.[1] ?? ""}`)),
    ])
    .refine((value) => value.length === length);
const Config = z.object({ public_key: bytes(96), hash: bytes(32) });
const Pulse = z.object({ signature: bytes(48) });
const MAX_PULSE_BYTES = 65_536;

/** Where rounds are looked for that the chain does not have, and how patiently. */
export interface RoundSources {
  /** Addresses of drand's HTTP API. */
  readonly beacons: readonly string[];
  readonly http: HttpLimits;
}

/**
 * A round of the beacon that the chain follows: as its drand pallet keeps it, or from drand itself, for
 * a chain forgets rounds and may leave some out. Null while it is not to be had, or where there is no beacon.
 */
export async function readRound(
  chain: Pick<Chain, "storage">,
  round: number,
  { beacons, http: limits }: RoundSources,
  signal: AbortSignal,
): Promise<OpeningRound | null> {
  const config = Config.safeParse(
    await chain.storage("Drand", "BeaconConfig", [], { signal }),
  ).data;
  if (config === undefined) return null;
  const { public_key: beaconKey, hash } = config;
  const stored = Pulse.safeParse(await chain.storage("Drand", "Pulses", [round], { signal })).data;
  if (stored !== undefined) return { beaconKey, signature: stored.signature };
  for (const beacon of beacons) {
    const url = new URL(`/${toHex(hash).slice(2)}/public/${round}`, beacon);
    const found = await getPublic(url, { limits, maxBytes: MAX_PULSE_BYTES, signal });
    const pulse = found.ok ? Pulse.safeParse(parse(found.bytes)).data : undefined;
    // Whoever serves it need not be trusted.
    if (pulse === undefined || !verifyRound(beaconKey, round, pulse.signature)) continue;
    return { beaconKey, signature: pulse.signature };
  }
  return null;
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(text).toString("utf8"));
  } catch {
    return undefined;
  }
}
