/** How an address names its machine. */
export type AddressKind = "ipv4" | "ipv6" | "name";

/** RFC 1035: letters, digits and inner hyphens. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const BYTE = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
/** What URL parsers take for a number: `127.1` and `0x7f000001` are 127.0.0.1 to them. */
const NUMERIC = /^(?:\d+|0x[0-9a-f]*)$/i;

/**
 * What kind of address a text is; null when it is none. A text that one reader takes for a name and
 * another for an address is none: whoever checks it must not be led elsewhere than whoever connects.
 */
export function addressKind(text: string): AddressKind | null {
  if (text.includes(":")) return isIpv6(text) ? "ipv6" : null;
  const labels = text.split(".");
  if (NUMERIC.test(labels.at(-1) ?? "")) return isIpv4(labels) ? "ipv4" : null;
  return labels.every((label) => LABEL.test(label)) ? "name" : null;
}

function isIpv4(parts: readonly string[]): boolean {
  return parts.length === 4 && parts.every((part) => BYTE.test(part) && Number(part) <= 255);
}

/** RFC 4291 §2.2, without a zone: eight groups, one run of zeros left out, a dotted quad at the end. */
function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const parts = halves.map((half) => (half === "" ? [] : half.split(":")));
  const tail = parts.at(-1);
  const last = tail?.at(-1) ?? "";
  const isMixed = last.includes(".");
  if (isMixed) {
    if (!isIpv4(last.split("."))) return false;
    tail?.pop();
  }
  const groups = parts.flat();
  const length = groups.length + (isMixed ? 2 : 0);
  const isWhole = halves.length === 2 ? length < 8 : length === 8;
  return isWhole && groups.every((group) => GROUP.test(group));
}
