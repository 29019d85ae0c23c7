import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { BodyStore } from "../ports/body-store.ts";
import { param } from "./params.ts";

/** Serves the long byte strings of the record, for as long as they are kept. */
export function serveBodies(app: App, bodies: BodyStore): void {
  app.get(
    "/v1/bodies/:sha256",
    {
      schema: {
        summary: "A long byte string of the record by its hash",
        params: z.object({ sha256: param.sha256 }),
      },
    },
    async (request, reply) => {
      const { sha256 } = request.params;
      const body = (await bodies.get([sha256])).get(sha256);
      if (body === undefined) {
        const message = "no such body is held here; it may be past its retention";
        throw new CodedError<ValidatorCode>("BODY_UNKNOWN", message, { sha256 });
      }
      // What a name by hash means never changes.
      reply.header("cache-control", "public, max-age=31536000, immutable");
      return reply.type("application/octet-stream").send(Buffer.from(body));
    },
  );
}
