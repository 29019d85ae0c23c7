import { isCoded } from "@neurond/primitives";
import { checkedAddresses, type ResolveName } from "@neurond/registry/io";
import type { EgressSettings } from "./settings.ts";

/** Printable ASCII but for the backslash, at which parsers disagree about where the host ends. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]{1,2048}$/;

/** Reads a URL that every parser understands alike, within what the settings allow; else why not. */
export function readUrl(text: string, settings: EgressSettings): URL | string {
  if (!PLAIN.test(text)) return "holds characters that do not belong in a URL, or is too long";
  const url = URL.parse(text);
  if (url === null) return "is no URL";
  if (!settings.schemes.some((scheme) => url.protocol === `${scheme}:`))
    return `must begin with ${settings.schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  if (url.username !== "" || url.password !== "" || text.split("/")[2]?.includes("@"))
    return "must name no user";
  if (settings.ports.length > 0 && !settings.ports.includes(portOf(url)))
    return `leads to port ${portOf(url)}, which is not allowed`;
  return isListed(url.hostname, settings.allowHosts) ? url : "leads to a host that is not allowed";
}

/**
 * Why a URL must not be followed, in words to go after its name; null when it may. The host is
 * resolved, and one address inside a private network is enough to refuse it.
 */
export async function checkUrl(
  text: string,
  settings: EgressSettings,
  resolve: ResolveName,
  signal: AbortSignal,
): Promise<string | null> {
  const url = readUrl(text, settings);
  if (typeof url === "string") return url;
  const { allowPrivate } = settings;
  try {
    await checkedAddresses(url.hostname, { allowPrivate, resolve }, signal);
    return null;
  } catch (error) {
    // Where a name leads is not said: to a stranger that would be a map of our network.
    if (isCoded(error, "ADDRESS_PRIVATE")) return "leads to an address that is not public";
    return "leads to a host that cannot be found";
  }
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function isListed(hostname: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const host = hostname.replace(/\.$/, "").toLowerCase();
  return allowed.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted.startsWith(".") ? host.endsWith(wanted) : host === wanted;
  });
}
