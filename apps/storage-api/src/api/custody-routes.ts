import type { Hex, Netuid } from "@neurond/primitives";
import { type App, authenticated, type Gate, hotkeySetting, principalOf } from "@neurond/runtime";
import { CustodyKey } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { Custodian } from "../custody/custodian.ts";

export interface CustodyRouteDeps {
  readonly custodian: Custodian;
  readonly netuid: Netuid;
  readonly question: Gate;
}

const TAKE_MS = 25_000;
const params = z.object({
  file_id: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .describe("id of the file"),
});

/** Lets owners entrust their files to this node, which repairs them from then on. */
export function serveCustody(app: App, { custodian, netuid, question }: CustodyRouteDeps): void {
  app.get(
    "/v1/custody",
    {
      schema: {
        summary:
          "Whom to name as a custodian, the key to box seal secrets for, and how much is free",
        response: {
          200: z.object({
            netuid: z.int(),
            key: CustodyKey,
            free_files: z.int(),
            free_bytes: z.int(),
            max_files_of_owner: z.int(),
          }),
        },
      },
    },
    async () => ({ netuid, ...(await custodian.offer()) }),
  );
  app.put(
    "/v1/custody/:file_id",
    {
      ...authenticated(question),
      schema: {
        summary: "Takes on a file of the caller whose manifest names this node as its custodian",
        params,
        querystring: z.object({
          validator: hotkeySetting.describe("hotkey of the validator it was stored through"),
        }),
        response: { 200: z.object({ file_id: z.string(), bytes: z.int() }) },
      },
    },
    async (request) => {
      const fileId = request.params.file_id as Hex;
      const { hotkey } = principalOf(request);
      const file = { fileId, validator: request.query.validator };
      const { bytes } = await custodian.take(hotkey, file, AbortSignal.timeout(TAKE_MS));
      return { file_id: fileId, bytes };
    },
  );
  app.delete(
    "/v1/custody/:file_id",
    {
      ...authenticated(question),
      schema: {
        summary: "Gives a file back; only its owner may ask",
        params,
        response: { 200: z.object({ file_id: z.string() }) },
      },
    },
    async (request) => {
      const fileId = request.params.file_id as Hex;
      await custodian.release(principalOf(request).hotkey, fileId);
      return { file_id: fileId };
    },
  );
}
