import type { Verify } from "@neurond/crypto";
import { type BlockNumber, type Hotkey, hotkeyOf, type Netuid, toHex } from "@neurond/primitives";
import { z } from "zod";
import { field } from "./fields.ts";
import type { TreeHead } from "./log.ts";
import { isSignedBy, type Signer, signBody } from "./signed.ts";

const DOMAIN = "neurond/checkpoint/v1";

const Checkpoint = z.strictObject({
  v: z.literal(1),
  netuid: field.netuid,
  validator_hotkey: field.hotkey,
  /** Entries covered. */
  size: field.count,
  root: field.hash,
  /** The head of the chain when it was signed. */
  block: field.block,
  signature: field.signature,
});

/** A validator's word on how its log begins: the first `size` entries hash to `root`. */
export type Checkpoint = Readonly<z.infer<typeof Checkpoint>>;

/** Why a checkpoint is refused, in the order of the checks. */
export type CheckpointFault =
  | "CHECKPOINT_MALFORMED"
  | "NETUID_MISMATCH"
  | "VALIDATOR_MISMATCH"
  | "SIGNATURE_INVALID";

/** Signs a head. Netuid and hotkey are its origin: the same head of another log is another text. */
export function signCheckpoint(
  head: TreeHead,
  origin: { readonly netuid: Netuid; readonly block: BlockNumber },
  signer: Signer,
): Checkpoint {
  const body = {
    v: 1 as const,
    netuid: origin.netuid,
    validator_hotkey: hotkeyOf(signer.publicKey),
    size: head.size,
    root: toHex(head.root).slice(2),
    block: origin.block,
  };
  return signBody(DOMAIN, body, signer);
}

/** Checks a checkpoint from outside. */
export function checkCheckpoint(
  value: unknown,
  expected: { readonly netuid: Netuid; readonly validator: Hotkey; readonly verify: Verify },
):
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly fault: CheckpointFault } {
  const parsed = Checkpoint.safeParse(value);
  if (!parsed.success) return { ok: false, fault: "CHECKPOINT_MALFORMED" };
  const checkpoint = parsed.data;
  if (checkpoint.netuid !== expected.netuid) return { ok: false, fault: "NETUID_MISMATCH" };
  if (checkpoint.validator_hotkey !== expected.validator) {
    return { ok: false, fault: "VALIDATOR_MISMATCH" };
  }
  if (!isSignedBy(DOMAIN, checkpoint, expected.validator, expected.verify)) {
    return { ok: false, fault: "SIGNATURE_INVALID" };
  }
  return { ok: true, checkpoint };
}
