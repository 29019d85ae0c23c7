import { isIP } from "node:net";

/** The PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt, section 2). */

/** "\r\n\r\n\0\r\nQUIT\n" */
const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const V1_MAX_BYTES = 107;
const V2_HEAD_BYTES = 16;
/** Addresses and what options a hop may add; the length field alone would allow 64 KiB. */
const V2_MAX_BYTES = 4_096;

export type ProxyHeader =
  | { readonly kind: "incomplete" }
  | { readonly kind: "malformed" }
  | {
      readonly kind: "complete";
      /** Null when the hop speaks for itself: health checks. */
      readonly client: string | null;
      readonly sizeBytes: number;
    };

const INCOMPLETE: ProxyHeader = { kind: "incomplete" };
const MALFORMED: ProxyHeader = { kind: "malformed" };

/** Reads the header that a trusted hop puts before everything else on a connection. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.subarray(0, compared).equals(SIGNATURE.subarray(0, compared))) {
    return bytes.length < V2_HEAD_BYTES ? INCOMPLETE : readVersion2(bytes);
  }
  return readVersion1(bytes);
}

function readVersion1(bytes: Buffer): ProxyHeader {
  const start = bytes.subarray(0, 6).toString("latin1");
  if (!"PROXY ".startsWith(start)) return MALFORMED;
  const end = bytes.indexOf("\r\n");
  if (end < 0 && bytes.length < V1_MAX_BYTES) return INCOMPLETE;
  if (end < 0 || end + 2 > V1_MAX_BYTES) return MALFORMED;
  const [, family, source = "", , ...ports] = bytes.subarray(0, end).toString("latin1").split(" ");
  const sizeBytes = end + 2;
  if (family === "UNKNOWN") return { kind: "complete", client: null, sizeBytes };
  const version = family === "TCP4" ? 4 : 6;
  if (family !== "TCP4" && family !== "TCP6") return MALFORMED;
  if (isIP(source) !== version || ports.length !== 2) return MALFORMED;
  return { kind: "complete", client: source, sizeBytes };
}

function readVersion2(bytes: Buffer): ProxyHeader {
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13) >> 4;
  const length = bytes.readUInt16BE(14);
  const sizeBytes = V2_HEAD_BYTES + length;
  if (command !== 0x20 && command !== 0x21) return MALFORMED;
  if (sizeBytes > V2_MAX_BYTES) return MALFORMED;
  if (bytes.length < sizeBytes) return INCOMPLETE;
  const addresses = bytes.subarray(V2_HEAD_BYTES, sizeBytes);
  // LOCAL, or a family that has no address of ours: the hop's own connection.
  if (command === 0x20 || (family !== 1 && family !== 2)) {
    return { kind: "complete", client: null, sizeBytes };
  }
  const [addressBytes, bothEnds] = family === 1 ? [4, 12] : [16, 36];
  if (addresses.length < bothEnds) return MALFORMED;
  const client = family === 1 ? v4(addresses) : v6(addresses.subarray(0, addressBytes));
  return { kind: "complete", client, sizeBytes };
}

const v4 = (bytes: Buffer) => [...bytes.subarray(0, 4)].join(".");

function v6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  // Through the parser of URLs: the shortest form, as sockets give it.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
