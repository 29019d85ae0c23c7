import { join } from "node:path";
import type { Logger } from "@neurond/runtime";
import {
  MINER_STATS,
  openFileSink,
  TOTAL_STORAGE,
  WandbApi,
  type WandbNews,
  WandbOutbox,
} from "@neurond/storage-rules/io";
import type { ComposedValidator } from "../compose.ts";
import type { Config } from "../config.ts";
import { readVersion } from "../version.ts";
import type { JobParts } from "./job-parts.ts";

/**
 * Opens what outsiders may see: files, unless `wandb.off`; behind them the way to wandb, where a key is
 * given and `wandb.offline` is not.
 */
export async function openPublishing(
  { identity, log }: ComposedValidator,
  { config, directory }: { readonly config: Config; readonly directory: string },
  resources: AsyncDisposableStack,
): Promise<Pick<JobParts, "sink" | "outbox">> {
  if (config["wandb.off"]) return { sink: null, outbox: null };
  const { apiKey, baseUrl } = config.wandb;
  const run = {
    project: config["wandb.project_name"],
    entity: config["wandb.entity"],
    notes: config["wandb.notes"],
    tags: [identity.hotkey, readVersion(), `netuid_${identity.netuid}`],
  };
  const forWandb = apiKey !== undefined && !config["wandb.offline"];
  const published = join(directory, "published");
  const sink = resources.use(await openFileSink(published, run, { forWandb }));
  if (!forWandb) return { sink, outbox: null };
  const outbox = await WandbOutbox.open({
    directory: sink.directory,
    entity: run.entity,
    api: new WandbApi({ baseUrl, apiKey }),
    files: {
      [MINER_STATS]: join(sink.directory, MINER_STATS),
      [TOTAL_STORAGE]: join(directory, TOTAL_STORAGE),
    },
    tell: (news) => tell(log, news),
  });
  const { project, entity } = run;
  log.info({ url: new URL(baseUrl).origin, entity, project }, "events go to wandb as well");
  return { sink, outbox };
}

/** Says what became of the way to wandb; the validator does its work whatever that is. */
function tell(log: Logger, news: WandbNews): void {
  const error = "error" in news ? { error: news.error } : {};
  log[LEVELS[news.kind]](error, TEXTS[news.kind]);
}

const LEVELS = {
  waiting: "warn",
  again: "info",
  stopped: "error",
  skipped: "warn",
  gap: "warn",
} as const satisfies Record<WandbNews["kind"], string>;

const TEXTS: Readonly<Record<WandbNews["kind"], string>> = {
  waiting: "wandb does not take events; they wait in their files",
  again: "wandb takes events again",
  stopped: "no more events are sent to wandb before the next start; they wait in their files",
  skipped: "wandb does not take a run or a file; it is left out there",
  gap: "events were deleted before they could be sent to wandb",
};
