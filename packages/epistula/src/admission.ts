import type { Coldkey, Hotkey, Rao, Uid } from "@neurond/primitives";
import type { AuthCode } from "./refusal.ts";

/** A sender's place on the subnet, by the metagraph snapshot it was judged with. */
export interface Standing {
  readonly uid: Uid;
  /** Owner of the hotkey: one operator may run many. */
  readonly coldkey: Coldkey;
  /** Of the kind that who admits goes by. */
  readonly stakeRao: Rao;
  readonly validatorPermit: boolean;
}

/** Reasons to turn a sender away that have nothing to do with its signature. */
export type AdmissionCode = Extract<
  AuthCode,
  | "SENDER_NOT_ALLOWED"
  | "NOT_REGISTERED"
  | "NO_PERMIT"
  | "LOW_STAKE"
  | "METAGRAPH_UNAVAILABLE"
  | "RATE_LIMITED"
>;

/** Whether a sender may call at all; `standing` is null for one allowed without being on the subnet. */
export type Admission =
  | { readonly admitted: true; readonly standing: Standing | null }
  | {
      readonly admitted: false;
      readonly code: AdmissionCode;
      readonly detail: string;
      readonly retryAfterSeconds?: number;
    };

/**
 * Judges a sender from memory: ban list, allow list, metagraph snapshot. It runs before the
 * signature, so the sender is only claimed: charge nothing to its account here.
 */
export type Admit = (sender: Hotkey) => Admission;

/** Admits every sender that proves its key: for endpoints open to all, and for tests. */
export const admitAnyone: Admit = () => ({ admitted: true, standing: null });
