import { decodePercent } from "./encode.ts";
import { s3Error } from "./errors.ts";

/** What a request line and its host name. */
export interface Target {
  /** Decoded; with the bucket where it stood in the path. */
  readonly path: string;
  /** Null for the service itself. */
  readonly bucket: string | null;
  /** Null for the bucket itself. */
  readonly key: string | null;
  /** Decoded, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

const MAX_TARGET = 16_384;
const MAX_PARAMETERS = 100;

/**
 * Reads a request target. Virtual-host style counts only below one of `domains`: any other host is a name
 * of the gateway. @throws CodedError InvalidURI
 */
export function readTarget(url: string, host: string, domains: readonly string[]): Target {
  if (url.length > MAX_TARGET || !url.startsWith("/")) throw s3Error("InvalidURI");
  const cut = url.indexOf("?");
  const path = decodePercent(cut === -1 ? url : url.slice(0, cut));
  const query = readQuery(cut === -1 ? "" : url.slice(cut + 1));
  const fromHost = bucketOfHost(host, domains);
  if (fromHost !== null) {
    const key = path.slice(1);
    return { path, bucket: fromHost, key: key === "" ? null : key, query };
  }
  const slash = path.indexOf("/", 1);
  const bucket = slash === -1 ? path.slice(1) : path.slice(1, slash);
  const key = slash === -1 ? "" : path.slice(slash + 1);
  return { path, bucket: bucket === "" ? null : bucket, key: key === "" ? null : key, query };
}

function readQuery(text: string): [string, string][] {
  const pairs = text.split("&").filter((pair) => pair !== "");
  if (pairs.length > MAX_PARAMETERS) throw s3Error("InvalidURI", "too many query parameters");
  return pairs.map((pair) => {
    const at = pair.indexOf("=");
    const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    const plain = (part: string) => decodePercent(part.replaceAll("+", " "));
    return [plain(name), plain(value)];
  });
}

function bucketOfHost(host: string, domains: readonly string[]): string | null {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const domain = domains.find((one) => name.endsWith(`.${one}`));
  return domain === undefined ? null : name.slice(0, -domain.length - 1);
}
