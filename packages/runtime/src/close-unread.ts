import type { App } from "./http.ts";

/** A body nobody will read is not waited for: its connection ends with the answer. */
export function closeUnread(app: App): void {
  app.addHook("onSend", async (request, reply) => {
    const { headers, complete } = request.raw;
    const hasBody = headers["content-length"] !== undefined || "transfer-encoding" in headers;
    if (hasBody && !complete) reply.header("connection", "close");
  });
}
