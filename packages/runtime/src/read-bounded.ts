import { CodedError } from "@neurond/primitives";
import type { RuntimeCode } from "./errors.ts";
import type { ByteStream } from "./signed-request.ts";

/** The whole body, or an error as soon as it grows past the limit. */
export async function readBounded(
  response: { readonly url: string; readonly body: ByteStream | null },
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit)
      throw new CodedError<RuntimeCode>(
        "ANSWER_TOO_LARGE",
        `the answer from ${response.url} exceeds ${limit} bytes; the rest was not read`,
        { url: response.url, limit },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
