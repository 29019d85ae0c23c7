import { parseHotkey } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { param } from "../../api/params.ts";
import type { Exporter } from "../exporter.ts";
import { takeMinerReport } from "../take-miner-report.ts";
import { entryJson } from "./audit.ts";

const ANSWER_MS = 30_000;

/** What comes in headers beside a report. */
const headers = z.object({
  "x-chutes-hotkey": param.hotkey,
  "x-chutes-nonce": z.string().max(16),
  "x-chutes-signature": z.string().max(132),
  "x-chutes-block": z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

/** Takes reports of miners about their own hours. */
export function serveMinerData(
  app: App,
  { validator, files, stores, rules }: Exporter,
  limits: { readonly bytes: number; readonly perMinute: number },
): void {
  const { chain, identity, now } = validator;
  const deps = {
    netuid: identity.netuid,
    chain,
    files,
    reports: stores.miners,
    sliceUs: rules.lengthUs,
    now,
  };
  // The bytes are what was signed and committed to: they are not to be parsed on the way.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
    scope.post(
      "/audit/miner_data",
      {
        bodyLimit: limits.bytes,
        schema: { summary: "A miner's report of its own hour, which it has committed to", headers },
        config: { rateLimit: { max: limits.perMinute, timeWindow: "1 minute" } },
      },
      async (request) => {
        const { headers } = request;
        const sent = {
          hotkey: parseHotkey(String(headers["x-chutes-hotkey"])),
          nonce: String(headers["x-chutes-nonce"]),
          signature: String(headers["x-chutes-signature"]),
          block: Number(headers["x-chutes-block"]),
          body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
        };
        return entryJson(await takeMinerReport(deps, sent, AbortSignal.timeout(ANSWER_MS)));
      },
    );
  });
}
