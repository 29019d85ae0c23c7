import { csvUrl, type Listing, parseListing, reportUrl } from "@neurond/exports";
import type { ExportSource, FeedName, Fetched, Wanted } from "@neurond/ingest";
import { type CheckedFetchOptions, checkedFetch } from "@neurond/registry/io";
import { retry } from "@neurond/runtime";
import { download, type Patience } from "./download.ts";
import { exchange, isPassing } from "./exchange.ts";
import { DEFAULT_PACE, type Pace, pieces } from "./pump.ts";

/** Where an API is and how to treat it. */
export interface HttpSourceOptions extends CheckedFetchOptions {
  readonly url: string;
  readonly pace?: Pace;
  readonly patience?: Patience;
  readonly maxListingBytes?: number;
  readonly maxFeedBytes?: number;
}

/** Four times within about ten seconds; after that the entry waits for its own next try. */
export const DEFAULT_PATIENCE: Patience = { attempts: 4, firstDelayMs: 1_000 };

const MAX_TEXT_BYTES = 64 << 20;

const FEED_PATHS: Readonly<Record<FeedName, string>> = {
  gpu_counts: "/chutes/gpu_count_history",
  reconciliation: "/instances/reconciliation_csv",
  compute_history: "/instances/compute_history_csv",
  nodes: "/miner/metagraph",
  scores: "/miner/scores",
};

/** A validator's API: everything is derived from its one url. */
export function httpSource(options: HttpSourceOptions): ExportSource<AbortSignal> {
  const { url, pace = DEFAULT_PACE, patience = DEFAULT_PATIENCE } = options;
  const { maxListingBytes = MAX_TEXT_BYTES, maxFeedBytes = MAX_TEXT_BYTES } = options;
  const base = url.replace(/\/+$/, "");
  const asking = { fetch: checkedFetch(options), pace, patience };
  const text = (path: string, maxBytes: number, signal: AbortSignal): Promise<string> => {
    const target = new URL(`${base}${path}`);
    const once = () =>
      exchange(
        asking,
        target,
        {},
        async (response, maker) => {
          const limits = { maxBytes, before: 0 };
          const chunks: Uint8Array[] = [];
          for await (const piece of pieces(target.pathname, response, limits, maker))
            chunks.push(piece);
          return Buffer.concat(chunks).toString("utf8");
        },
        signal,
      );
    return retry(once, { ...patience, signal, retryable: isPassing });
  };
  return {
    name: base,
    async listing(signal): Promise<Listing> {
      return parseListing(await text("/audit/", maxListingBytes, signal));
    },
    async fetch({ kind, path, maxBytes }: Wanted, file, signal): Promise<Fetched> {
      const target = new URL(kind === "report" ? reportUrl(base, path) : csvUrl(base, path));
      return await download(asking, target, { file, maxBytes }, signal);
    },
    feed: (name, signal) => text(FEED_PATHS[name], maxFeedBytes, signal),
  };
}
