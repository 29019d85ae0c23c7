import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type CheckSignature, checkInline } from "./check-signature.ts";
import { readSignature } from "./fields.ts";
import type { HeaderBlock } from "./header-block.ts";
import { EPISTULA } from "./header-names.ts";
import { judge } from "./judge.ts";
import type { AuthPolicy } from "./policy.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { replayKey } from "./replay-keys.ts";
import type { Signed } from "./signed.ts";
import { EPISTULA_V1_WINDOW } from "./window.ts";

/** An Epistula v1 request: who sent it, to whom and when stands in its body, which is to be read whole. */
export interface PendingV1 {
  readonly kind: "pending/v1";
  readonly signature: Uint8Array;
  readonly judgedAtMs: number;
  readonly policy: AuthPolicy;
}

/** Reads the one header of Epistula v1. */
export function readV1Signature(
  block: HeaderBlock,
  policy: AuthPolicy,
  now: number,
): PendingV1 | Refusal {
  const signature = readSignature(block.get(EPISTULA.bodySignature) ?? "", {
    upperCase: true,
    bare: policy.lenientHex,
    upperPrefix: policy.lenientHex,
  });
  if (signature) return { kind: "pending/v1", signature, judgedAtMs: now, policy };
  return refuse("BAD_SIGNATURE_FORMAT", `${EPISTULA.bodySignature} is not 0x and 128 digits`);
}

/** Second stage of Epistula v1: the signature covers the raw body, whose spelling is the sender's. */
export async function finishV1(
  pending: PendingV1,
  body: Uint8Array,
  check: CheckSignature = checkInline,
): Promise<Signed | Refusal> {
  const { policy, signature, judgedAtMs } = pending;
  const envelope = readEnvelope(body);
  if (!envelope) return refuse("MISSING_HEADERS", "the body is not an Epistula v1 envelope");
  const sender = policy.peers.find(envelope.signedBy);
  if (!sender) return refuse("BAD_SENDER", "signed_by is not ss58 text of prefix 42");
  const subject = {
    kind: "epistula",
    sender,
    receiver: envelope.signedFor,
    signedNs: BigInt(envelope.nonceUs) * 1000n,
    window: EPISTULA_V1_WINDOW,
  } as const;
  const judged = judge(subject, policy, judgedAtMs);
  if (judged.kind === "refused") return judged;
  if (!(await check("sr25519", sender.publicKey, body, signature))) {
    const claimedSender = sender.hotkey;
    return refuse("BAD_SIGNATURE", "the signature does not cover this body", { claimedSender });
  }
  const digest = bytesToHex(sha256(body));
  const signedAtMs = Math.floor(envelope.nonceUs / 1000);
  return {
    kind: "signed",
    principal: {
      hotkey: sender.hotkey,
      standing: judged.standing,
      scheme: "epistula/1",
      dialect: null,
      receiver: envelope.signedFor,
      nonce: digest,
      signedAtMs,
      clockOffsetMs: signedAtMs - judgedAtMs,
      bodySha256: `0x${digest}`,
      coversBody: true,
      coversTarget: false,
    },
    replayKeys: [replayKey(policy.netuid, sender, "v", digest)],
    axonBodyHash: null,
    judgedAtMs,
    policy,
  };
}

interface Envelope {
  /** Unix microseconds: all a number holds of the nanoseconds, whose every digit is signed. */
  readonly nonceUs: number;
  readonly signedBy: string;
  readonly signedFor: string | null;
}

function readEnvelope(body: Uint8Array): Envelope | undefined {
  const value = parseJson(body);
  if (typeof value !== "object" || value === null) return undefined;
  const fields: Partial<Record<string, unknown>> = { ...value };
  const { nonce, signed_by: signedBy, signed_for: signedFor = null, version = 1 } = fields;
  if (!Number.isInteger(nonce) || typeof nonce !== "number" || version !== 1) return undefined;
  if (typeof signedBy !== "string" || !("data" in fields)) return undefined;
  if (signedFor !== null && typeof signedFor !== "string") return undefined;
  return { nonceUs: Math.round(nonce / 1000), signedBy, signedFor };
}

/** One character per byte: the fields read here are ASCII, and UTF-8 keeps JSON's marks to itself. */
function parseJson(body: Uint8Array): unknown {
  let text = "";
  for (const byte of body) text += String.fromCharCode(byte);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
