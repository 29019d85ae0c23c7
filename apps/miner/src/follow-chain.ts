import type { SubnetView } from "@neurond/admission";
import {
  type Chain,
  type Endpoint,
  type Metagraph,
  retryOf,
  type Signer,
  type Submission,
} from "@neurond/chain";
import { type BlockNumber, hotkeyOf, type Netuid } from "@neurond/primitives";
import { forLatest, type Health, type Logger, type Watchdog } from "@neurond/runtime";
import { announceAxon } from "./axon.ts";
import type { MinerMetrics } from "./metrics.ts";

export interface FollowDeps {
  readonly chain: Pick<Chain, "watchHeads" | "serveAxon" | "metagraph">;
  readonly netuid: Netuid;
  readonly signer: Signer;
  readonly view: SubnetView<Metagraph>;
  /** Where validators reach us; null when that is not to be announced. */
  readonly endpoint: Endpoint | null;
  /** Deletes what need not be kept at a block of a chain that knows us. */
  readonly collect: (block: BlockNumber) => Promise<void>;
  readonly health: Health;
  readonly watchdog: Pick<Watchdog, "fed">;
  readonly metrics: MinerMetrics;
  readonly log: Logger;
}

/**
 * With every new block: reads the subnet anew, sees that the chain says where we serve, and throws
 * out shards whose time is over. The only reader of the metagraph and the only writer to the chain.
 */
export async function followChain(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { chain, view, health, metrics, log } = deps;
  const own = hotkeyOf(deps.signer.publicKey);
  let problem: string | undefined = "the chain was not read yet";
  health.requireReady("registration", () => problem);
  health.requireReady("metagraph", () =>
    view.current() === undefined ? "no recent view of the subnet" : undefined,
  );
  const pass = async ({ number }: { readonly number: BlockNumber }) => {
    deps.watchdog.fed();
    metrics.head.set(number);
    try {
      const found = await lookAround(deps, signal);
      // Said once, not with every block.
      if (found !== problem && found !== undefined) log.warn({ problem: found }, "not reachable");
      problem = found;
      // On a chain that does not know us, blocks may be of another network: shards would be gone.
      if (view.current()?.byHotkey.has(own)) await deps.collect(number);
    } catch (error) {
      if (signal.aborted || retryOf(error) === "never") throw error;
      log.warn({ error }, "the subnet could not be read");
    }
    metrics.viewAge.set(view.ageMs() / 1000);
  };
  await forLatest(chain.watchHeads({ signal }), pass, signal);
}

/** Reads the subnet and announces us; what keeps validators from finding us, if anything. */
async function lookAround(deps: FollowDeps, signal: AbortSignal): Promise<string | undefined> {
  const { chain, netuid, signer, view, endpoint, metrics, log } = deps;
  const metagraph = await view.refresh(() => chain.metagraph({ netuid }, { signal }));
  const state = await announceAxon({ chain, signer }, metagraph, endpoint, signal);
  metrics.announced.set(state.kind === "settled" && endpoint !== null ? 1 : 0);
  if (state.kind === "settled") return undefined;
  if (state.kind === "unregistered") return `not registered on subnet ${metagraph.netuid}`;
  const { submission } = state;
  if (submission.kind !== "included") return describe(submission);
  log.info({ endpoint, block: submission.block }, "axon announced");
  return undefined;
}

function describe(submission: Exclude<Submission, { readonly kind: "included" }>): string {
  switch (submission.kind) {
    case "tooSoon":
      return `the axon can be announced in ${submission.blocks} blocks`;
    case "rejected":
      return `the chain refuses the axon: ${submission.error.name}`;
    case "unconfirmed":
      return "the axon was announced, but is not on chain yet";
  }
}
