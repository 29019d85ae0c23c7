import { type App, authenticated, type Gate } from "@neurond/runtime";
import type { RepairQueue } from "@neurond/store";
import { z } from "zod";

export interface RepairRouteDeps {
  readonly queue: RepairQueue;
  readonly question: Gate;
}

const RepairShape = z.object({
  file_id: z.string(),
  segment: z.int(),
  live: z.int(),
  k: z.int(),
  n: z.int(),
  failures: z.int(),
  detail: z.string().nullable(),
  queued: z.string(),
  due: z.string(),
});

/** What waits for its repair. */
export function serveRepairs(app: App, { queue, question }: RepairRouteDeps): void {
  app.get(
    "/v1/repairs",
    {
      ...authenticated(question),
      schema: {
        summary: "Segments that lack shards and wait for their repair, the most endangered first",
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
        response: {
          200: z.object({
            waiting: z.int().describe("All of them"),
            least_spare: z.int().nullable().describe("Fewest shards that one may still lose"),
            repairs: z.array(RepairShape),
          }),
        },
      },
    },
    async (request) => {
      const { waiting, leastSpare } = await queue.standing();
      const repairs = await queue.list(request.query.limit);
      return {
        waiting,
        least_spare: leastSpare,
        repairs: repairs.map(({ fileId, queuedMs, dueMs, ...one }) => ({
          ...{ file_id: fileId, segment: one.segment, live: one.live, k: one.k, n: one.n },
          ...{ failures: one.failures, detail: one.detail },
          queued: new Date(queuedMs).toISOString(),
          due: new Date(dueMs).toISOString(),
        })),
      };
    },
  );
}
