import { fileURLToPath } from "node:url";
import { loadSettings, type Settings } from "@neurond/reverse-proxy";
import type { UnknownKey } from "@neurond/runtime";
import type { Call } from "../../../call.ts";
import { failureOf } from "../../../failures.ts";
import { fail } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";
import { checkSettings } from "./settings-checks.ts";

/** The proxy's settings as it would read them, and what is to be said of them. */
export interface Examined {
  /** Null where the proxy would not start. */
  readonly settings: Settings | null;
  readonly file: string | undefined;
  readonly checks: readonly ProxyCheck[];
}

/** Reads settings from where the proxy looks for them; what it would refuse is a failed check. */
export async function readSettings(call: Call): Promise<Examined> {
  const unknown: UnknownKey[] = [];
  try {
    const { settings, file } = loadSettings({
      path: call.given("settings"),
      environment: call.env,
      directory: process.cwd(),
      home: fileURLToPath(new URL("..", import.meta.resolve("@neurond/reverse-proxy"))),
      onUnknown: (key) => unknown.push(key),
    });
    return { settings, file, checks: checkSettings(settings.config, unknown, file) };
  } catch (error) {
    const { code, message } = failureOf(error);
    if (code === "INTERRUPTED") throw error;
    const remedy =
      "correct what it names; without --settings they are looked for as the proxy does";
    const check = fail("settings", `${code}: ${message}`, remedy);
    return { settings: null, file: call.given("settings"), checks: [check] };
  }
}
