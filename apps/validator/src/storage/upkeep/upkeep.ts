import type { BlockNumber } from "@neurond/primitives";
import type { FileLives } from "../../ports/file-lives.ts";
import type { ManifestCopies } from "../../ports/manifest-copies.ts";
import type { ProofStore } from "../../ports/proof-store.ts";
import type { Validator } from "../../validator.ts";
import { logDeletions, type TellDeps, tellMiners } from "./forget-shards.ts";
import { judgeRuns, lookAtSubnet, type WatchDeps } from "./watch-miners.ts";

/** What keeping files over time needs. */
export interface UpkeepDeps extends TellDeps, WatchDeps {
  readonly lives: FileLives;
  readonly validator: Pick<Validator, "identity" | "rules" | "record" | "metrics" | "log">;
  readonly copies: Pick<ManifestCopies, "purge">;
  readonly proofs: Pick<ProofStore, "prune">;
  /** Blocks after its time that an expired file is forgotten: the auditors' time to ask. */
  readonly graceBlocks: number;
  /** Blocks in which an upload must have come to a manifest. */
  readonly uploadBlocks: number;
}

/** Two minutes: a hotkey that vanished is known soon, and the chain is not asked with every block. */
const LOOK_BLOCKS = 10;
/** An upload whose answer was lost is tried again sooner: until then its shard may yet be wanted. */
const SETTLED_BLOCKS = 25;
const BATCH = 100;

/** Keeps what is stored true over time: miners that left, files that ended, shards to be forgotten. */
export class Upkeep {
  readonly #deps: UpkeepDeps;
  #judged = -1;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
  }

  /** One pass; what fails is done by the next. */
  async pass(head: BlockNumber, signal: AbortSignal): Promise<void> {
    const { stores, validator, lives, proofs, graceBlocks, uploadBlocks } = this.#deps;
    const { metrics, log } = validator;
    if (head - (await stores.presence.lookedAt()) >= LOOK_BLOCKS) {
      const departed = await lookAtSubnet(this.#deps, signal);
      if (departed > 0) log.info({ departed }, "hotkeys left the subnet");
      metrics.departed.inc(departed);
    }
    this.#judged = await judgeRuns(this.#deps, head, this.#judged);
    for (const fileId of await lives.abandoned(before(head, uploadBlocks), BATCH)) {
      const bytes = await lives.remove(fileId, head);
      metrics.freedBytes.inc({ reason: "abandoned" }, bytes);
    }
    const { files, bytes } = await lives.purge(before(head, graceBlocks));
    if (files > 0) log.info({ files, bytes }, "expired files are forgotten");
    metrics.freedBytes.inc({ reason: "expired" }, bytes);
    if (files > 0 || bytes > 0) await proofs.prune(validator.identity.hotkey);
    await this.#deps.copies.purge(before(head, graceBlocks));
    await logDeletions(this.#deps, validator, head);
    await tellMiners(this.#deps, { upTo: before(head, SETTLED_BLOCKS) }, signal);
  }
}

const before = (head: BlockNumber, blocks: number) => Math.max(0, head - blocks) as BlockNumber;
