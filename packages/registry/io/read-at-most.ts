import { CodedError } from "@neurond/primitives";
import type { RegistryCode } from "@neurond/registry";

/**
 * A whole body as text; the rest is not read as soon as it grows past the limit.
 * @throws CodedError ANSWER_OVERLONG
 */
export async function readAtMost(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) {
      const text = `${response.url} answered with more than ${limit} bytes`;
      throw new CodedError<RegistryCode>("ANSWER_OVERLONG", text, { limit });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
