import type { S3Head } from "../src/head.ts";
import { readTarget } from "../src/target.ts";

/** A head as the gateway reads it, without a connection. */
export function headOf(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  domains: readonly string[] = ["s3.amazonaws.com"],
): S3Head {
  const target = readTarget(url, headers["host"] ?? "", domains);
  const query = new Map<string, string>();
  for (const [name, value] of target.query) if (!query.has(name)) query.set(name, value);
  return {
    method,
    target,
    query,
    header: (name) => headers[name],
    headerNames: Object.keys(headers),
  };
}

/** Bytes in pieces of a length, as a connection gives them. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** The code that work rejects with. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing",
    (error: { readonly code?: string }) => error.code ?? error,
  );
}
