import type { RawHeaders } from "@neurond/epistula";

const PREFIXES = ["epistula-", "x-bittensor-", "bt_header_"];
const NAMES = new Set(["body-signature", "computed_body_hash", "timeout"]);
/** Signs an interval, not a request: within it, whoever reads the receipt could use it. */
const SECRET = "epistula-secret-signature";

/** The headers by which a caller proved that it asked, in their order; nothing else it sent. */
export function signatureHeaders(headers: RawHeaders): [string, string][] {
  const kept: [string, string][] = [];
  for (const [name, value] of headers)
    if (isEvidence(name.toLowerCase(), value)) kept.push([name, value]);
  return kept;
}

function isEvidence(name: string, value: string): boolean {
  if (name === "authorization") return /^Epistula /i.test(value);
  if (name.startsWith(SECRET)) return false;
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}
