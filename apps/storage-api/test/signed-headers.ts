import { createHash, randomBytes } from "node:crypto";
import { RequestSigner } from "@neurond/epistula";
import { alice, nameOf, node } from "./harness.ts";

/** The headers of a request signed by alice, for tests that send something else. */
export function headersOf({
  method,
  target,
  body,
}: {
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
}): Record<string, string> {
  const headers = new RequestSigner({ key: alice }).sign({
    method,
    target,
    bodySha256: createHash("sha256").update(body).digest(),
    receiver: nameOf(node),
    now: Date.now(),
    random: randomBytes(32),
  });
  return Object.fromEntries(headers);
}
