import { type App, createApp, createLogger, Health, Registry } from "@neurond/runtime";
import { onTestFinished } from "vitest";
import { HTTP_STATUS } from "../src/errors.ts";

/** An auditor's server without a route, closed when the test is over. */
export async function auditorApp(): Promise<App> {
  const app = await createApp({
    title: "auditor",
    version: "0",
    log: createLogger("auditor", "fatal"),
    health: new Health(),
    registry: new Registry(),
    statusOf: HTTP_STATUS,
  });
  onTestFinished(() => app.close());
  return app;
}
