import type { Signer } from "@neurond/chain";
import { hotkeyOf, toHex } from "@neurond/primitives";
import type { Sending } from "./outbox.ts";

/** What a validator said of a report. */
export type HandedIn = "taken" | "refused" | "unreachable";

const ANSWER_MS = 30_000;
/** Answers after which trying again changes nothing. */
const FOR_GOOD = [401, 403, 404, 405, 409, 413, 422];

/** Hands a report that is on chain to one validator. */
export async function handIn(
  url: string,
  { text, sha256, block }: Sending & { readonly block: number },
  signer: Signer,
  now: () => number,
  signal: AbortSignal,
): Promise<HandedIn> {
  const hotkey = hotkeyOf(signer.publicKey);
  const nonce = String(Math.floor(now() / 1_000));
  const signature = toHex(signer.sign(Buffer.from(`${hotkey}:${nonce}:${sha256}`))).slice(2);
  try {
    const response = await fetch(new URL("/audit/miner_data", url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-chutes-hotkey": hotkey,
        "x-chutes-nonce": nonce,
        "x-chutes-signature": signature,
        "x-chutes-block": String(block),
      },
      body: text,
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return "taken";
    return FOR_GOOD.includes(response.status) ? "refused" : "unreachable";
  } catch {
    signal.throwIfAborted();
    return "unreachable";
  }
}
