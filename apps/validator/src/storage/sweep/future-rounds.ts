import type { Chain } from "@neurond/chain";
import { drandRoundAt, fromHex, isAbort, isCoded } from "@neurond/primitives";
import type { FutureRound } from "@neurond/workload-storage/sweep";
import { z } from "zod";

/** The part of a chain that tells rounds. */
export type RoundChain = Pick<Chain, "clock" | "storage">;

/** The round that is out when a block comes, as the chain's pace tells at a head; null when that is not known now. */
export type FutureRounds = (block: number, head: number) => Promise<FutureRound | null>;

const TIMEOUT_MS = 20_000;
const KEY_BYTES = 96;
const number = z.union([z.number(), z.bigint()]).transform(Number);
const key = z.union([
  z.instanceof(Uint8Array),
  z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]).transform((text) => fromHex(text)),
]);
const BeaconConfig = z.object({ public_key: key, genesis_time: number, period: number });

/** Rounds of the beacon that the chain follows: a development chain has its own. */
export function futureRounds(chain: RoundChain): FutureRounds {
  return async (block, head) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const config = BeaconConfig.safeParse(
        await chain.storage("Drand", "BeaconConfig", [], { signal }),
      ).data;
      if (config === undefined || config.public_key.length !== KEY_BYTES) return null;
      const { chainMs, blockTimeMs } = await chain.clock({ signal });
      const seconds = (chainMs + (block - head) * blockTimeMs) / 1_000;
      const { genesis_time: genesisSeconds, period: periodSeconds } = config;
      const round = drandRoundAt(seconds, { genesisSeconds, periodSeconds }) + 1;
      return { round, beaconKey: config.public_key };
    } catch (error) {
      // A run opens without it: the secret of that period is only revealed.
      if (isCoded(error) || isAbort(error) || isTimeout(error)) return null;
      throw error;
    }
  };
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === "TimeoutError";
