import { join } from "node:path";
import type { Health, Logger, Registry } from "@neurond/runtime";
import type { Config } from "../config/config.ts";
import type { ReceiptHandlers } from "../receipts/handlers.ts";
import { AdminToken } from "./admin-token.ts";
import type { BanList } from "./ban-list.ts";
import { listenAdmin } from "./listen-admin.ts";
import type { Operated } from "./serve-operation.ts";

export interface OpenAdminOptions {
  readonly settings: Config["admin"];
  readonly operated: Omit<Operated, "token">;
  readonly bans: BanList;
  readonly receipts: ReceiptHandlers | null;
  readonly health: Health;
  readonly registry: Registry;
  readonly log: Logger;
}

/** The admin plane, listening. */
export interface AdminPlane extends AsyncDisposable {
  readonly url: string;
  /** Takes the token of a reloaded configuration. */
  configure(settings: Config["admin"]): void;
}

/** Opens the admin plane of a configuration; null where it has no token. @throws CodedError LISTEN_FAILED */
export async function openAdmin(options: OpenAdminOptions): Promise<AdminPlane | null> {
  const { settings, operated, ...rest } = options;
  if (settings.token === undefined) return null;
  const token = await AdminToken.open(join(settings.directory, "token.json"), settings.token);
  const listening = await listenAdmin({
    listen: settings.listen,
    operated: { ...operated, token },
    ...rest,
  });
  return {
    url: listening.url,
    configure: ({ token: configured }) => {
      if (configured !== undefined) token.configure(configured);
    },
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
