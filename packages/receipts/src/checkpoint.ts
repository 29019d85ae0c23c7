import type { Verify } from "@neurond/crypto";
import { isSignedBy, type Signer, signBody } from "@neurond/ledger";
import { type Hotkey, hotkeyOf, toHex } from "@neurond/primitives";
import { z } from "zod";

const DOMAIN = "neurond/receipts-checkpoint/v1";

/** The first `size` receipts of a ledger hash to `root`; signed, that is the miner's word on each of them. */
export const Checkpoint = z.strictObject({
  v: z.literal(1),
  /** Whose ledger it is; null where nobody signs. */
  hotkey: z.string().nullable(),
  /** Tells ledgers of one hotkey apart, as when one was lost and begun anew. */
  ledger_id: z.string().regex(/^[0-9a-f]{32}$/),
  size: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  time_ms: z.int().min(0),
  signature: z
    .string()
    .regex(/^0x[0-9a-f]{128}$/)
    .nullable(),
});
export type Checkpoint = Readonly<z.infer<typeof Checkpoint>>;

/** What a head is signed for. */
export interface Head {
  readonly ledgerId: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly timeMs: number;
}

/** Signs a head; without a signer it says that nobody did. */
export function makeCheckpoint(head: Head, signer: Signer | null): Checkpoint {
  const body = {
    v: 1 as const,
    hotkey: signer === null ? null : hotkeyOf(signer.publicKey),
    ledger_id: head.ledgerId,
    size: head.size,
    root: toHex(head.root).slice(2),
    time_ms: head.timeMs,
  };
  return signer === null ? { ...body, signature: null } : signBody(DOMAIN, body, signer);
}

/** Whether `hotkey` signed this checkpoint. */
export function isCheckpointOf(checkpoint: Checkpoint, hotkey: Hotkey, verify: Verify): boolean {
  const { signature } = checkpoint;
  if (checkpoint.hotkey !== hotkey || signature === null) return false;
  return isSignedBy(DOMAIN, { ...checkpoint, signature }, hotkey, verify);
}

/** Reads a checkpoint's text; undefined when it is none. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  try {
    return Checkpoint.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
