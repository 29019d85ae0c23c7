import type { HeldBody } from "../body/read-body.ts";
import type { Policy, Whole } from "../policy.ts";
import { deny } from "./deny.ts";
import { headerOf } from "./header-of.ts";

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Refuses bodies that say they are JSON and are not; those too long for memory are the backend's to judge. */
export const validateJson: Policy<Whole> = {
  name: "validate-json",
  judge: ({ exchange, held }) => {
    if (held === null || held.body.kind !== "memory") return undefined;
    if (!JSON_TYPE.test(headerOf(exchange.head.headers, "content-type") ?? "")) return undefined;
    if (headerOf(exchange.head.headers, "content-encoding") !== undefined) return undefined;
    return isJson(held) ? undefined : deny("BODY_INVALID", "the body is not JSON");
  },
};

function isJson({ body }: HeldBody): boolean {
  if (body.kind !== "memory") return true;
  try {
    JSON.parse(utf8.decode(body.bytes));
    return true;
  } catch {
    return false;
  }
}
