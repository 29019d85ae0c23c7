import { isIPv4, isIPv6 } from "node:net";
import { chainError } from "./errors.ts";

/** Text of an address as the chain stores it: a number and 4 or 6; IPv6 in RFC 5952 form. */
export function formatIp(value: bigint, ipType: number): string {
  if (ipType !== 6) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  // The URL parser writes the canonical short form.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The number and type under which the chain stores an address. */
export function parseIp(text: string): { readonly value: bigint; readonly ipType: 4 | 6 } {
  if (isIPv4(text)) {
    const value = text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
    return { value, ipType: 4 };
  }
  if (isIPv6(text) && !text.includes("%")) return { value: parseIpv6(text), ipType: 6 };
  throw chainError("CALL_UNENCODABLE", `"${text}" is not an IPv4 or IPv6 address`, { ip: text });
}

function parseIpv6(text: string): bigint {
  const [head = "", tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce(
    (sum, part) => (sum << 16n) | BigInt(`0x${part}`),
    0n,
  );
}
