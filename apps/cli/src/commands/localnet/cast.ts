/** What one of the processes of a localnet is. */
export type Role = "validator" | "miner" | "auditor" | "proxy" | "api";

/** Somebody who plays: a process with keys of its own. */
export interface Player {
  /** Also the name of its wallet, its log, its settings and its database schema. */
  readonly name: string;
  readonly role: Role;
  /** What it does wrong, from outside the product. */
  readonly cheat?: "lies" | "loses" | "late";
  /** Does nothing wrong, and is gone one day without a word. */
  readonly leaves?: true;
  /** Of a proxy: the miners whose public door it is. */
  readonly miners?: readonly string[];
}

/** Its neurons have the uids 1 to 9, in this order; uid 0 is the owner, to whom nobody owes anything. */
export const NEURONS: readonly Player[] = [
  { name: "validator-1", role: "validator" },
  { name: "validator-2", role: "validator" },
  { name: "validator-3", role: "validator", cheat: "lies" },
  { name: "miner-1", role: "miner" },
  { name: "miner-2", role: "miner" },
  { name: "miner-3", role: "miner" },
  { name: "miner-4", role: "miner", cheat: "loses" },
  { name: "miner-5", role: "miner", cheat: "late" },
  { name: "miner-6", role: "miner", leaves: true },
];

/** Reads the chain and what others publish; it has no uid. */
export const AUDITOR: Player = { name: "auditor", role: "auditor" };

/** Keeps objects of S3 clients with the miners, and has what a lost miner held made again; it has no uid. */
export const API: Player = { name: "storage-api", role: "api" };

/**
 * The public doors of the miners, whom nobody else calls: one operator has a miner, the other five on
 * one machine. A proxy for each of them would take a third more processor time over the whole story.
 */
export const PROXIES: readonly Player[] = [
  { name: "proxy-1", role: "proxy", miners: ["miner-1"] },
  {
    name: "proxy-2",
    role: "proxy",
    miners: NEURONS.filter(({ role }) => role === "miner")
      .slice(1)
      .map(({ name }) => name),
  },
];

/** Everybody who is a daemon. */
export const DAEMONS: readonly Player[] = [...NEURONS, AUDITOR, API, ...PROXIES];

/** Its hotkey stores the file: whoever made the subnet has a use for it. */
export const OWNER = "owner";

/** Alpha behind each validator. Those who are honest have most of it, yet no one more than half. */
export const STAKE: Readonly<Record<string, string>> = {
  "validator-1": "400000",
  "validator-2": "350000",
  "validator-3": "250000",
};

/** The subnet of a localnet. */
export const NETUID = 2;

/** The proxy through which a miner is reached. */
export function doorOf(miner: string): Player {
  const found = PROXIES.find(({ miners }) => miners?.includes(miner));
  if (found === undefined) throw new Error(`nobody stands in front of ${miner}`);
  return found;
}

/** The miner that leaves. */
export function leaver(): Player {
  const found = NEURONS.find(({ leaves }) => leaves);
  if (found === undefined) throw new Error("nobody plays the one who leaves");
  return found;
}

/** The uid of a player, undefined for one without. */
export function uidOf(name: string): number | undefined {
  if (name === OWNER) return 0;
  const index = NEURONS.findIndex((one) => one.name === name);
  return index < 0 ? undefined : index + 1;
}

/** The player who cheats in a way; each cheat is played. */
export function cheatWho(cheat: NonNullable<Player["cheat"]>): Player {
  const found = NEURONS.find((one) => one.cheat === cheat);
  if (found === undefined) throw new Error(`nobody plays the one who ${cheat}`);
  return found;
}
