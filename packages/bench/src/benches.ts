import type { Bench } from "./bench.ts";

interface Entry {
  readonly summary: string;
  /** Loads on demand: one bench must not cost the memory and start-up of all. */
  readonly load: () => Promise<Bench>;
}

/** Every bench there is, by the name that `npm run bench -- <name>` takes. */
export const BENCHES: Readonly<Record<string, Entry>> = {
  chain: {
    summary: "devnet blocks with an epoch, timelock encryption",
    load: async () => (await import("./benches/chain/bench.ts")).chain,
  },
};
