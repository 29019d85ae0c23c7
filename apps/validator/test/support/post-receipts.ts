import { createHash } from "node:crypto";
import { toHex } from "@neurond/primitives";
import type { Publishing } from "./publishing.ts";
import { hotkey, key } from "./world.ts";

/** Hands receipts in as the proxy of a miner does; `signer` may be somebody else. */
export async function postReceipts(
  { node, clock }: Publishing,
  body: string,
  uri: string,
  signer = uri,
) {
  const nonce = Math.floor(clock / 1_000);
  const sha256 = createHash("sha256").update(body).digest("hex");
  const signed = Buffer.from(`${hotkey(uri)}:${nonce}:${sha256}`);
  const response = await fetch(new URL("/audit/receipts", node.url), {
    method: "POST",
    headers: {
      "content-type": "application/x-ndjson",
      "x-chutes-hotkey": hotkey(uri),
      "x-chutes-nonce": String(nonce),
      "x-chutes-signature": toHex(key(signer).sign(signed)).slice(2),
    },
    body,
  });
  const answer = (await response.json()) as { readonly code?: string; readonly next?: number };
  return { status: response.status, ...answer };
}
