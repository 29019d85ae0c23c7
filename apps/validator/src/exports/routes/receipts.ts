import { parseHotkey } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import type { ReceiptLedger } from "@neurond/store";
import { z } from "zod";
import { param } from "../../api/params.ts";
import type { Exporter } from "../exporter.ts";
import { takeReceipts } from "../take-receipts.ts";

const ANSWER_MS = 60_000;

/** What comes in headers beside receipts: as with a miner's report, but for the block. */
const headers = z.object({
  "x-chutes-hotkey": param.hotkey,
  "x-chutes-nonce": z.string().max(16),
  "x-chutes-signature": z.string().max(132),
});

/** Takes signed receipts of miners' proxies, and says how far each has come. */
export function serveReceipts(
  app: App,
  { validator, stores }: Exporter,
  limits: { readonly bytes: number; readonly perSlice: number; readonly perMinute: number },
): void {
  const { chain, identity, now } = validator;
  const { receipts } = stores;
  const { perSlice: maxWaiting } = limits;
  const deps = { netuid: identity.netuid, chain, receipts, maxWaiting, now };
  const config = { rateLimit: { max: limits.perMinute, timeWindow: "1 minute" } };
  app.get(
    "/audit/receipts/:hotkey",
    {
      schema: {
        summary: "How far a miner's ledgers of receipts were handed in, the newest first",
        params: z.object({ hotkey: param.hotkey }),
      },
      config,
    },
    async ({ params }) => ({
      ledgers: (await receipts.ledgers(parseHotkey(String(params.hotkey)))).map(ledgerJson),
    }),
  );
  // The bytes are what was signed: they are not to be parsed on the way.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    scope.post(
      "/audit/receipts",
      {
        bodyLimit: limits.bytes,
        schema: { summary: "Signed receipts of a miner's proxy, as it exports them", headers },
        config,
      },
      async ({ headers, body }) => {
        const sent = {
          hotkey: parseHotkey(String(headers["x-chutes-hotkey"])),
          nonce: String(headers["x-chutes-nonce"]),
          signature: String(headers["x-chutes-signature"]),
          body: body instanceof Uint8Array ? body : new Uint8Array(),
        };
        return ledgerJson(await takeReceipts(deps, sent, AbortSignal.timeout(ANSWER_MS)));
      },
    );
  });
}

const ledgerJson = ({ ledgerId, next }: ReceiptLedger) => ({ ledger_id: ledgerId, next });
