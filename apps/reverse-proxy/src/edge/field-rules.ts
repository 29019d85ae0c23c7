import type { EdgeRefusal } from "./errors.ts";

/** A host name or address, with or without a port; underscores because container networks have them. */
const HOST = /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

/** Names that decide who calls, what it may, or where a message ends. */
const DECISIVE =
  /^(?:x-)?(?:epistula|bittensor|forwarded)(?:-|$)|^(?:authorization|body-signature|x-request-id|host|content-length|transfer-encoding|connection|te|trailer|upgrade)$/;

/** What `Connection` may name: none of these are hop-by-hop, whatever a client says. */
const END_TO_END =
  /^(?:(?:x-)?(?:epistula|bittensor|forwarded)(?:-.*)?|bt[_-]header.*|authorization|body-signature|x-request-id|host|content-length|content-type|content-encoding)$/;

/** Of a header block that is well-formed and means one thing. */
export interface Fields {
  readonly host: string;
}

/**
 * Judges a flat header list, whatever the parser before it has let by: what two servers could read
 * differently is refused, not repaired. `major` and `minor` are of the HTTP version.
 */
export function judgeFields(
  flat: readonly string[],
  maxCount: number,
  major: number,
  minor: number,
): Fields | EdgeRefusal {
  if (flat.length > maxCount * 2) {
    return refused("HEADERS_TOO_LARGE", `more than ${maxCount} header fields`);
  }
  let host: string | undefined;
  let authority: string | undefined;
  let length = 0;
  let coding = 0;
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? "").toLowerCase();
    const value = flat[at + 1] ?? "";
    switch (name) {
      case "host":
        if (host !== undefined) return refused("HOST_INVALID", "several Host fields");
        host = value;
        break;
      case ":authority":
        authority = value;
        break;
      case "content-length":
        length += 1;
        if (length > 1 || !/^\d{1,15}$/.test(value)) return invalid("Content-Length");
        break;
      case "transfer-encoding":
        coding += 1;
        if (coding > 1 || value.toLowerCase() !== "chunked") return invalid("Transfer-Encoding");
        break;
      case "te":
        if (value.toLowerCase() !== "trailers") return invalid("TE: only trailers is passed on");
        break;
      case "connection": {
        const tokens = value.toLowerCase().split(",");
        if (tokens.some((token) => END_TO_END.test(token.trim()))) {
          return invalid("Connection: it names a field that is not its to remove");
        }
        break;
      }
      default:
        if (name.includes("_") && DECISIVE.test(name.replaceAll("_", "-"))) {
          return refused("HEADER_AMBIGUOUS", "write header names with hyphens");
        }
    }
  }
  if (coding > 0 && (length > 0 || (major === 1 && minor === 0))) {
    return invalid("Transfer-Encoding: not beside Content-Length, nor before HTTP/1.1");
  }
  return judgeHost(host, authority, major === 1 && minor === 0);
}

/** HTTP/2 has the host in `:authority`; a Host beside it must say the same. */
function judgeHost(
  host: string | undefined,
  authority: string | undefined,
  optional: boolean,
): Fields | EdgeRefusal {
  const said = authority ?? host ?? (optional ? "localhost" : "");
  if (!HOST.test(said)) return refused("HOST_INVALID", "Host is no host and port");
  if (host !== undefined && host !== said) {
    return refused("HOST_INVALID", "Host and :authority differ");
  }
  return { host: said };
}

const invalid = (which: string) => refused("HEADERS_INVALID", `invalid ${which}`);

function refused(code: EdgeRefusal["code"], detail: string): EdgeRefusal {
  return { code, detail };
}
