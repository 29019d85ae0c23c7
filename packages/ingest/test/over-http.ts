import { type Chain, connectChain } from "@neurond/chain";
import { seedDevnet, serveDataset } from "@neurond/gen-exports";
import { toNetuid } from "@neurond/primitives";
import { chainSubnet, chainWitness, type HttpSourceOptions, httpSource } from "../io/index.ts";
import type { MemoryState } from "../src/index.ts";
import type { World } from "./world.ts";

export const NETUID = toNetuid(64);

const PACE = { headersMs: 10_000, bodyMs: 20_000, minBytesPerSecond: 1_024, windowMs: 400 };
const QUICK = { patience: { attempts: 4, firstDelayMs: 5 }, pace: PACE, allowPrivate: true };

/** A validator's API that may be nearby and is asked again soon. */
export const source = (url: string, options: Partial<HttpSourceOptions> = {}) =>
  httpSource({ url, ...QUICK, ...options });

/** What an auditor asks a chain. */
export const onChain = (chain: Chain, state: MemoryState | null = null) => ({
  witness: chainWitness({ netuid: NETUID, chain, archives: [], seen: state }),
  readSubnet: chainSubnet(chain, NETUID),
});

/** A data set as its validator serves it, and a chain that holds the commitments: parts of an auditor. */
export async function served({ folder }: World) {
  await using resources = new AsyncDisposableStack();
  const api = resources.use(await serveDataset(folder));
  const devnet = resources.use(await seedDevnet(folder, { onlyValidator: true }));
  const chain = resources.use(await connectChain({ endpoints: [devnet.url], stallMs: 0 }));
  const kept = resources.move();
  return {
    parts: { source: source(api.url), ...onChain(chain) },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
