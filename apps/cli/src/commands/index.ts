import type { Action } from "../action.ts";

/** A top-level command; its module is loaded only when the line names it. */
export interface CommandEntry {
  readonly name: string;
  /** Another, shorter name. */
  readonly alias?: string;
  readonly summary: string;
  /** Its subcommands; or one action of the same name, for a command without any. */
  readonly load: () => Promise<readonly Action[]>;
}

/** Every command of `neurond`, in the order of its help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "localnet",
    summary: "run a whole subnet on this machine, and show what it comes to",
    load: async () => [(await import("./localnet/localnet.ts")).localnet],
  },
  {
    name: "doctor",
    summary: "look at everything a daemon needs, and say what to do about what is not well",
    load: async () => [(await import("./doctor/doctor.ts")).doctor],
  },
  {
    name: "devnet",
    summary: "run a development chain that any Substrate client can use",
    load: async () => [(await import("./devnet/devnet.ts")).devnet],
  },
  {
    name: "store",
    alias: "s",
    summary: "store files with miners, share them, bring them back, list them",
    load: async () => (await import("./store/index.ts")).storeActions,
  },
  {
    name: "retrieve",
    alias: "r",
    summary: "bring stored files back by name or id, list those of all wallets",
    load: async () => (await import("./retrieve/index.ts")).retrieveActions,
  },
  {
    name: "miner",
    alias: "m",
    summary: "show how miners of a storage subnet do, and what they hold",
    load: async () => (await import("./miner/index.ts")).minerActions,
  },
  {
    name: "run",
    alias: "n",
    summary: "run a miner, a validator or an API node of a storage subnet",
    load: async () => (await import("./run/index.ts")).runActions,
  },
  {
    name: "migrate",
    summary: "copy a miner's shards to another directory, and check every one of them",
    load: async () => [(await import("./migrate/migrate.ts")).migrate],
  },
  {
    name: "uids",
    summary: "show which miners of a storage subnet are asked in a round",
    load: async () => [(await import("./uids/uids.ts")).drawUids],
  },
  {
    name: "chain",
    summary: "show a chain's status, a subnet's neurons and hyperparameters, a block",
    load: async () => (await import("./chain/index.ts")).chainActions,
  },
  {
    name: "weights",
    summary: "show, set and reveal weights",
    load: async () => (await import("./weights/index.ts")).weightsActions,
  },
  {
    name: "audit",
    summary: "audit a subnet's runs or a validator's exports, check the evidence of findings",
    load: async () => (await import("./audit/index.ts")).auditActions,
  },
  {
    name: "proof",
    summary: "check that a request is, or is not, in what a validator published",
    load: async () => (await import("./proof/index.ts")).proofActions,
  },
  {
    name: "sweep",
    summary: "see to a storage validator's secrets of sweeps",
    load: async () => (await import("./sweep/index.ts")).sweepActions,
  },
  {
    name: "commitments",
    summary: "show and set commitments",
    load: async () => (await import("./commitments/index.ts")).commitmentsActions,
  },
  {
    name: "registry",
    summary: "say on chain where a miner serves, read and check who does",
    load: async () => (await import("./registry/index.ts")).registryActions,
  },
  {
    name: "proxy",
    summary: "operate a reverse proxy, and see why it gets no requests",
    load: async () => (await import("./proxy/index.ts")).proxyActions,
  },
  {
    name: "storage-api",
    summary: "make, list and remove the access keys of an API node's S3 gateway",
    load: async () => (await import("./storage-api/index.ts")).storageApiActions,
  },
  {
    name: "axon",
    summary: "announce an axon, show what is announced",
    load: async () => (await import("./axon/index.ts")).axonActions,
  },
  {
    name: "update",
    summary: "look for a newer release that a trusted key signed, and change nothing",
    load: async () => [(await import("./update/update.ts")).update],
  },
  {
    name: "keys",
    summary: "list, show and make keys, sign and verify with them",
    load: async () => (await import("./keys/index.ts")).keysActions,
  },
];
