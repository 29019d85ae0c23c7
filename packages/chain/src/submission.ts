import type { BlockNumber, Hex } from "@neurond/primitives";

/** What became of a write. Never a boolean: "sent" and "done" are different things. */
export type Submission =
  | {
      /** In a block, dispatched without error, and its effect read back from state. */
      readonly kind: "included";
      readonly block: BlockNumber;
      readonly hash: Hex;
      readonly extrinsic: Hex;
    }
  | {
      /** A window or rate limit is not open; `blocks` = how many more until it is. */
      readonly kind: "tooSoon";
      readonly blocks: number;
    }
  | { readonly kind: "rejected"; readonly error: Refusal }
  | {
      /** Sent, and neither success nor failure seen in time. It may still happen. */
      readonly kind: "unconfirmed";
      /** Best block when it was sent. */
      readonly since: BlockNumber;
      readonly extrinsic: Hex;
    };

/** Why the chain refuses a write; pool guards, module errors and our own checks share it. */
export interface Refusal {
  readonly code: RefusalCode;
  /** The chain's own name, `SettingWeightsTooFast`, or the pool's text when it has no name. */
  readonly name: string;
  /** The runtime's own documentation of a module error. */
  readonly docs?: string;
  /** `state`: found before sending; `pool`: the node refused it; `block`: it failed on chain. */
  readonly where: "state" | "pool" | "block";
}

/** Coarse reasons, stable across runtimes and spellings. */
export type RefusalCode =
  | "RATE_LIMITED"
  | "NOT_REGISTERED"
  | "ALREADY_REGISTERED"
  | "REGISTRATION_CLOSED"
  | "UID_RECYCLED"
  | "SUBNET_MISSING"
  | "MECHANISM_MISSING"
  | "STAKE_TOO_LOW"
  | "BALANCE_TOO_LOW"
  | "AMOUNT_INVALID"
  | "PERMIT_MISSING"
  | "COMMIT_REVEAL_ON"
  | "COMMIT_REVEAL_OFF"
  | "COMMIT_MISSING"
  | "COMMIT_EXPIRED"
  | "COMMIT_LIMIT"
  | "REVEAL_WINDOW"
  | "REVEAL_ROUND"
  | "VERSION_OUTDATED"
  | "WEIGHTS_INVALID"
  | "ADDRESS_INVALID"
  | "SPACE_EXHAUSTED"
  | "ADMIN_WINDOW"
  | "OWNERSHIP"
  | "KEY_LOCKED"
  | "NONCE_CONFLICT"
  | "SIGNATURE_INVALID"
  | "EXTRINSIC_OUTDATED"
  | "POOL_FULL"
  | "FORBIDDEN"
  | "UNSUPPORTED"
  | "OTHER";
