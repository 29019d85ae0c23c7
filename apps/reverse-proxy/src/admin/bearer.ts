import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import type { AdminToken } from "./admin-token.ts";
import type { AdminCode } from "./errors.ts";

/** Asks every request for the token, whatever its path. */
export function requireToken(app: App, token: Pick<AdminToken, "matches">): void {
  app.addHook("onRequest", async (request) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (given === undefined) {
      const message = "send the token of admin.token as `Authorization: Bearer`";
      throw new CodedError<AdminCode>("ADMIN_TOKEN_MISSING", message);
    }
    if (!token.matches(given))
      throw new CodedError<AdminCode>("ADMIN_TOKEN_WRONG", "this token does not hold (any more)");
  });
}
