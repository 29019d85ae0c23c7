import { type App, authenticated, type Gate } from "@neurond/runtime";
import { z } from "zod";
import {
  HeldShape,
  type HoldingsSource,
  inventoryOf,
  StatsShape,
  statsOf,
} from "../storage/holdings.ts";

export interface HoldingsDeps {
  readonly source: HoldingsSource;
  /** Lets the operator in, who has the miner's own hotkey. */
  readonly gate: Gate;
}

const PAGE = 1000;

/** Says what is held, to whoever has the miner's own key: nobody else's business. */
export function serveHoldings(app: App, { source, gate }: HoldingsDeps): void {
  app.get(
    "/v1/storage/stats",
    {
      ...authenticated(gate),
      schema: { summary: "What is held, in sums; for the operator", response: { 200: StatsShape } },
    },
    async () => statsOf(source),
  );
  app.get(
    "/v1/storage/inventory",
    {
      ...authenticated(gate),
      schema: {
        summary: "What is held, shard by shard in the order of ids; for the operator",
        querystring: z.object({
          after: z.string().max(64).default("").describe("the last id of the page before"),
          limit: z.coerce.number().int().min(1).max(PAGE).default(PAGE),
        }),
        response: {
          200: z.strictObject({ shards: z.array(HeldShape), next: z.string().nullable() }),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const shards = inventoryOf(source, { after, limit });
      const last = shards.at(-1);
      return { shards: [...shards], next: shards.length < limit ? null : (last?.shard_id ?? null) };
    },
  );
}
