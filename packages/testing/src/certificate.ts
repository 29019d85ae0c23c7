import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv6 } from "node:net";

/** A key and its self-signed certificate in PEM; the certificate is its own authority. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/**
 * Makes a certificate (RFC 5280) for host names and IP addresses, valid for a day from yesterday on
 * unless told otherwise. Node can read certificates and cannot make them.
 */
export function testCertificate(
  hosts: readonly string[],
  validMs: readonly [from: number, to: number] = [Date.now() - DAY_MS, Date.now() + DAY_MS],
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(tlv(0x06, ECDSA_SHA256));
  const commonName = sequence(tlv(0x06, COMMON_NAME), tlv(0x0c, Buffer.from("neurond test")));
  const name = sequence(tlv(0x31, commonName));
  const names = sequence(tlv(0x06, SUBJECT_ALT_NAME), tlv(0x04, sequence(...hosts.map(hostName))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, [2])), // version 3
    tlv(0x02, Buffer.from([1, ...randomBytes(8)])),
    algorithm,
    name,
    sequence(...validMs.map(utcTime)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(names)),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, algorithm, tlv(0x03, Buffer.from([0, ...signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  const cert = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
}

/** One value of DER: tag, length, content (X.690). */
function tlv(tag: number, content: Uint8Array | readonly number[]): Buffer {
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([tag, ...(length < 0x80 ? [length] : long), ...content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function hostName(host: string): Buffer {
  if (/^[\d.]+$/.test(host)) return tlv(0x87, host.split(".").map(Number));
  if (!isIPv6(host)) return tlv(0x82, Buffer.from(host));
  const [head = "", tail = ""] = new URL(`http://[${host}]`).hostname.slice(1, -1).split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":").map((g) => parseInt(g, 16)));
  const zeros = Array(8 - groups(head).length - groups(tail).length).fill(0);
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return tlv(
    0x87,
    all.flatMap((group) => [group >> 8, group & 0xff]),
  );
}
