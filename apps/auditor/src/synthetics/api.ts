import type { App } from "@neurond/runtime";
import { probeKey } from "@neurond/synthetics";
import { z } from "zod";
import type { RunningSynthetics } from "./open-synthetics.ts";

const limit = z.coerce.number().int().min(1).max(500).default(100);

/** Serves what became of our own requests, read-only. */
export function serveSynthetics(app: App, synthetics: RunningSynthetics): void {
  app.get(
    "/v1/synthetics",
    {
      schema: {
        summary: "Requests of our own: verdicts, what they bound, and those that were not found",
        querystring: z.object({ limit }),
      },
    },
    async ({ query }) => {
      const { validator, store } = synthetics;
      const bad = await store.bad(query.limit);
      return {
        validator,
        ...(await synthetics.summary()),
        bad: bad.map(({ probe, verdict, fields }) => ({
          id: probeKey(probe),
          sample: probe.kind,
          type: probe.type,
          request: probe.parentInvocationId,
          chute_id: probe.chuteId,
          miner_hotkey: probe.kind === "traced" ? probe.minerHotkey : null,
          instance_id: probe.kind === "traced" ? probe.instanceId : null,
          at: new Date(probe.attemptedAt / 1_000).toISOString(),
          verdict,
          fields,
        })),
      };
    },
  );
}
