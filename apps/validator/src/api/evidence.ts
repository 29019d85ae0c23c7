import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { EvidenceStore } from "../ports/evidence-store.ts";
import { param } from "./params.ts";

const PAGE = 100;

/** Serves signed evidence against validators, oldest first; anybody can check it by itself. */
export function serveEvidence(app: App, evidence: EvidenceStore): void {
  app.get(
    "/v1/consensus/evidence",
    {
      schema: {
        summary: "Signed evidence against validators; page on with `after`",
        querystring: z.object({ after: param.index.default(0) }),
      },
    },
    async (request) => {
      const found = await evidence.after(request.query.after, PAGE);
      return {
        items: found.map(({ text }): unknown => JSON.parse(text)),
        next: found.length < PAGE ? null : (found.at(-1)?.serial ?? null),
      };
    },
  );
}
