import {
  admitAnyone,
  type CheckSignature,
  checkHeaders,
  checkInline,
  defineAuthPolicy,
  finish,
  type ReplayStore,
} from "@neurond/epistula";
import { fromHex, readHotkey, toNetuid } from "@neurond/primitives";
import type { RequestReceipt } from "./receipt.ts";

/** Whether a receipt proves that its caller asked; `unprovable` is what only the body itself could show. */
export type CallerProof = "proven" | "disproven" | "unprovable" | "anonymous";

const SCHEME = { "btauth/1": "btauth", "epistula/2": "epistula", axon: "axon" } as const;

/** Receipts are checked long after: what was new then is not asked again. */
const NO_REPLAY: ReplayStore = {
  retentionMs: Number.MAX_SAFE_INTEGER,
  rememberIfNew: async () => true,
};

/** Checks the caller's signature again, offline, through the door it came in by. */
export async function checkCaller(
  receipt: RequestReceipt,
  check: CheckSignature = checkInline,
): Promise<CallerProof> {
  const { caller, proof, target, request } = receipt;
  if (caller === null) return "anonymous";
  // Version 1 signs the body, which a receipt has only the hash of.
  if (caller.scheme === "epistula/1" || request.sha256 === null) return "unprovable";
  const receiver = readHotkey(caller.receiver ?? caller.hotkey);
  if (proof === null || target === null || receiver === null) return "disproven";
  const policy = defineAuthPolicy({
    receivers: [receiver],
    netuid: toNetuid(0),
    replay: NO_REPLAY,
    admit: admitAnyone,
    schemes: [SCHEME[caller.scheme]],
    requireReceiver: false,
    lenientHex: true,
    acceptWrappedBytes: true,
    maxBodyBytes: Number.MAX_SAFE_INTEGER,
    maxHeaderBytes: Number.MAX_SAFE_INTEGER,
    bracesForEmptyGet: [target.split("?")[0] ?? ""],
  });
  const head = { method: receipt.method, target, headers: proof };
  const pending = checkHeaders(head, policy, caller.signed_ms);
  if (pending.kind !== "pending") return "disproven";
  const signed = await finish(pending, fromHex(request.sha256), check);
  if (signed.kind !== "signed") return "disproven";
  const { hotkey, nonce, signedAtMs } = signed.principal;
  const isSame =
    hotkey === caller.hotkey && nonce === caller.nonce && signedAtMs === caller.signed_ms;
  return isSame ? "proven" : "disproven";
}
