import type { IncomingMessage } from "node:http";
import { readTarget, type Target } from "./target.ts";

/** A request before its body. */
export interface S3Head {
  readonly method: string;
  readonly target: Target;
  /** The first value of each name. */
  readonly query: ReadonlyMap<string, string>;
  /** A header by its lower-case name; repeated ones are joined by commas. */
  header(name: string): string | undefined;
  readonly headerNames: readonly string[];
}

/** Reads request line and headers. @throws CodedError InvalidURI */
export function readHead(request: IncomingMessage, domains: readonly string[]): S3Head {
  const { method = "GET", url = "/", headersDistinct } = request;
  const header = (name: string) => headersDistinct[name]?.join(",");
  const target = readTarget(url, header("host") ?? "", domains);
  const query = new Map<string, string>();
  for (const [name, value] of target.query) if (!query.has(name)) query.set(name, value);
  return { method, target, query, header, headerNames: Object.keys(headersDistinct) };
}
