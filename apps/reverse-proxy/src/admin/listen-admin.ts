import {
  createApp,
  type Health,
  type Listening,
  type Logger,
  listen,
  type Registry,
} from "@neurond/runtime";
import type { Config } from "../config/config.ts";
import type { ReceiptHandlers } from "../receipts/handlers.ts";
import type { BanList } from "./ban-list.ts";
import { requireToken } from "./bearer.ts";
import { ADMIN_STATUS } from "./errors.ts";
import { serveBans } from "./serve-bans.ts";
import { type Operated, serveOperation } from "./serve-operation.ts";
import { serveReceipts } from "./serve-receipts.ts";
import { serveUpstreams } from "./serve-upstreams.ts";

export interface AdminOptions {
  readonly listen: Config["admin"]["listen"];
  readonly operated: Operated;
  readonly bans: BanList;
  /** Null where none are kept. */
  readonly receipts: ReceiptHandlers | null;
  readonly health: Health;
  readonly registry: Registry;
  readonly log: Logger;
}

/** Takes the operator's commands. @throws CodedError LISTEN_FAILED */
export async function listenAdmin(options: AdminOptions): Promise<Listening> {
  const { operated, bans, receipts, health, registry, log } = options;
  const { version, token, upstreams, now } = operated;
  const title = "neurond reverse proxy: administration";
  const app = await createApp({ title, version, statusOf: ADMIN_STATUS, health, registry, log });
  requireToken(app, token);
  app.addHook("onResponse", async ({ method, url, ip }, { statusCode: status }) => {
    if (method !== "GET" || status === 401) log.info({ ip, method, url, status }, "operator");
  });
  serveOperation(app, operated);
  serveBans(app, bans, now);
  serveUpstreams(app, upstreams);
  serveReceipts(app, receipts);
  return listen(app, options.listen);
}
