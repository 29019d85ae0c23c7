import { CodedError } from "@neurond/primitives";
import type { UpstreamCode } from "./errors.ts";

/** Where a server is reached. */
export interface ServerAddress {
  /** scheme://host:port; of a unix socket http://localhost. */
  readonly origin: string;
  readonly pathPrefix: string;
  readonly socketPath: string | null;
  /** For logs and metrics: what was configured, without what could be secret in it. */
  readonly label: string;
}

/** Reads a URL of a server. @throws CodedError UPSTREAM_URL_INVALID */
export function readServerUrl(text: string): ServerAddress {
  if (text.startsWith("unix:/")) {
    const socketPath = text.slice("unix:".length);
    return { origin: "http://localhost", pathPrefix: "", socketPath, label: text };
  }
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) throw invalid(text);
  // A password would end in logs, a query in front of every path.
  if (url.username + url.password + url.search + url.hash !== "") throw invalid(text);
  const pathPrefix = url.pathname.replace(/\/+$/, "");
  return { origin: url.origin, pathPrefix, socketPath: null, label: `${url.origin}${pathPrefix}` };
}

function invalid(text: string): CodedError<UpstreamCode> {
  return new CodedError(
    "UPSTREAM_URL_INVALID",
    `"${text.replace(/\/\/[^/@]*@/, "//")}" is no URL of a server; write http(s)://host:port/path or unix:/path`,
  );
}
