import { readFile, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import { z } from "zod";
import type { GenesisFile } from "../devnet/genesis-file.ts";
import { NETUID, NEURONS, OWNER, STAKE } from "./cast.ts";
import type { Places } from "./directory.ts";
import { localnetError } from "./errors.ts";
import type { Addresses } from "./keys.ts";

/** What cannot change as long as the chain goes on. */
const Founding = z.strictObject({
  v: z.literal(1),
  timelocked: z.boolean(),
  /** Last used; kept where they are still free, because miners announce theirs on chain. */
  ports: z.record(z.string(), z.int()),
});
export type Founding = z.infer<typeof Founding>;

/** Blocks between epochs: a few seconds, so that incentives are seen to move. */
const TEMPO = 12;
/** Validators may set weights once a run, and again when they must. */
const WEIGHTS_RATE_LIMIT = 4;

/** The founding of the localnet in a directory; undefined for a new one. */
export async function readFounding({ founding, root }: Places): Promise<Founding | undefined> {
  const text = await readFile(founding, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = Founding.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const message = `${founding} is not of this version: wipe ${root} with --fresh`;
  throw localnetError("LOCALNET_DIFFERS", message, { founding }, parsed.error);
}

export async function writeFounding(places: Places, founding: Founding): Promise<void> {
  await writeFile(places.founding, `${JSON.stringify(founding, null, 2)}\n`);
}

/** Writes what block 0 contains: the subnet with everybody registered and the validators staked. */
export async function writeGenesis(
  { genesis }: Places,
  wallets: ReadonlyMap<string, Addresses>,
  { timelocked }: Pick<Founding, "timelocked">,
): Promise<void> {
  const file: GenesisFile = {
    netuid: NETUID,
    tempo: TEMPO,
    weightsRateLimit: WEIGHTS_RATE_LIMIT,
    servingRateLimit: 1,
    // Emission stakes to miners too: without this bound they would become validators.
    maxValidators: NEURONS.filter(({ role }) => role === "validator").length,
    commitReveal: timelocked,
    owner: addressesOf(wallets, OWNER),
    neurons: [
      { ...addressesOf(wallets, OWNER) },
      ...NEURONS.map(({ name, role }) => ({
        ...addressesOf(wallets, name),
        ...(STAKE[name] !== undefined && { stake: STAKE[name] }),
        validatorPermit: role === "validator",
      })),
    ],
    funded: [OWNER, ...NEURONS.map(({ name }) => name)].flatMap((name) => {
      const { hotkey, coldkey } = addressesOf(wallets, name);
      return [
        { account: hotkey, tao: "10" },
        { account: coldkey, tao: "1000" },
      ];
    }),
  };
  await writeFile(genesis, stringify(file));
}

/** The addresses of a player, whose wallet was made at the start. */
export function addressesOf(wallets: ReadonlyMap<string, Addresses>, name: string): Addresses {
  const found = wallets.get(name);
  if (found === undefined) throw new Error(`${name} has no wallet`);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
