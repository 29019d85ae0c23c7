import { fail, ok, unasked } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";

const TIMEOUT_MS = 5_000;
/** A Date has whole seconds, and the way back takes some of one. */
const ORDINARY_MS = 2_000;

/** How far our clock is from that of whoever serves the chain's endpoint, by its HTTP `Date`. */
export async function checkDate(endpoint: string, now: () => number): Promise<ProxyCheck> {
  const url = new URL(endpoint.replace(/^ws/, "http"));
  try {
    const sentMs = now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: "HEAD", signal, redirect: "manual" });
    const receivedMs = now();
    const theirMs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(theirMs)) return unasked("date", `${url.host} sends no Date`);
    return describe(theirMs + 500 - (sentMs + receivedMs) / 2, url.host);
  } catch {
    return unasked("date", `${url.host} answers no HTTP`);
  }
}

function describe(offsetMs: number, host: string): ProxyCheck {
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  const text = `our clock is ${seconds} s ${offsetMs > 0 ? "behind" : "ahead of"} that of ${host}`;
  if (Math.abs(offsetMs) <= ORDINARY_MS) return ok("date", text);
  return fail(
    "date",
    text,
    "synchronise the clock (NTP): signatures of callers will look too old or too new",
  );
}
