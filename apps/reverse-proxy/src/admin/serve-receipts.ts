import { Readable } from "node:stream";
import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { OPERATOR, type ReceiptAnswer, type ReceiptHandlers } from "../receipts/handlers.ts";
import type { AdminCode } from "./errors.ts";

const Range = z.object({
  from: z.string().max(40).optional().describe("Unix milliseconds or ISO 8601"),
  to: z.string().max(40).optional(),
});

/**
 * Receipts, for the operator: the head, one with its proof, and exports that verify offline. Null where
 * none are kept.
 */
export function serveReceipts(app: App, handlers: ReceiptHandlers | null): void {
  const kept = (): ReceiptHandlers => {
    if (handlers !== null) return handlers;
    throw new CodedError<AdminCode>("RECEIPTS_OFF", "this proxy keeps no receipts");
  };
  app.get("/v1/receipts", { schema: { summary: "The newest signed head" } }, async (_, reply) => {
    const answer = kept().head();
    return reply.code(answer.status).send(bodyOf(answer));
  });
  app.get(
    "/v1/receipts/export",
    { schema: { summary: "Receipts of a range of times, as NDJSON", querystring: Range } },
    async ({ query }, reply) => {
      const { from = "", to = "" } = query;
      const answer = await kept().exported({ from, to });
      if (!("lines" in answer)) return reply.code(answer.status).send(bodyOf(answer));
      return reply.headers(answer.headers).send(Readable.from(ended(answer.lines)));
    },
  );
  app.get(
    "/v1/receipts/:id",
    {
      schema: {
        summary: "The receipt of a request, with its proof",
        params: z.object({ id: z.string().max(200) }),
      },
    },
    async ({ params }, reply) => {
      const answer = await kept().byId(params.id, OPERATOR);
      return reply.code(answer.status).send(bodyOf(answer));
    },
  );
}

function bodyOf(answer: ReceiptAnswer): object {
  return "body" in answer ? answer.body : {};
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
