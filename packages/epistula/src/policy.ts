import type { Scheme } from "@neurond/crypto";
import { CodedError, type Hotkey, type Netuid } from "@neurond/primitives";
import type { Admit } from "./admission.ts";
import type { AxonField } from "./axon-body.ts";
import { AXON_WINDOW } from "./axon-claim.ts";
import type { EpistulaCode } from "./errors.ts";
import { PeerMemo } from "./peer-memo.ts";
import type { ReplayStore } from "./replay.ts";
import { BTAUTH_WINDOW, EPISTULA_V1_WINDOW, EPISTULA_WINDOW, type Window } from "./window.ts";

/** The two ways to sign a request. */
export type AuthScheme = "btauth" | "epistula";

/** What a door may accept; "axon" only where it is named, because it rarely covers a body. */
export type AcceptedScheme = AuthScheme | "axon";

/** What a route asks of its callers. Defaults are strict; each loosening says what it costs. */
export interface AuthPolicyOptions {
  /** Our own hotkeys: a request for anybody else is refused. */
  readonly receivers: readonly Hotkey[];
  readonly netuid: Netuid;
  /** Every route of a neuron gets the same store. */
  readonly replay: ReplayStore;
  readonly admit: Admit;
  /** Accepted schemes; btauth and Epistula, while the field migrates. */
  readonly schemes?: readonly AcceptedScheme[];
  /** What this route's synapse declares in `required_hash_fields`; nothing of a body is signed without. */
  readonly axonFields?: readonly AxonField[];
  /** False accepts requests bound to no receiver: any of them may then be relayed to any neuron. */
  readonly requireReceiver?: boolean;
  readonly epistulaWindow?: Window;
  readonly btauthWindow?: Window;
  /** From the end of the header block to the spending of the nonce: upload and signature check. */
  readonly finishWithinMs?: number;
  readonly maxBodyBytes?: number;
  readonly maxHeaderBytes?: number;
  /** Epistula v1: the body is parsed before it is authenticated. */
  readonly acceptV1?: boolean;
  /** Signature digits after `0X` or after nothing, also where upstream writes `0x`. */
  readonly lenientHex?: boolean;
  /** `<Bytes>` around the Epistula message, as browser wallets sign: doubles the cost of a bad signature. */
  readonly acceptWrappedBytes?: boolean;
  /** `Epistula-Binding`, which covers method and target: not read, checked when sent, or demanded. */
  readonly binding?: "ignored" | "checked" | "required";
  /** Paths where an empty GET may be signed as `{}`, two bytes that middleboxes drop (epistula.md section 4). */
  readonly bracesForEmptyGet?: readonly string[];
  /** Scheme of a sender's key under btauth: neither its address nor its own header proves it. */
  readonly trustedScheme?: (sender: Hotkey) => Scheme;
  /** Whether a sender was seen with btauth lately: Epistula from it is then refused as a downgrade. */
  readonly hasUpgraded?: (sender: Hotkey) => boolean;
}

/** A checked policy; made by `defineAuthPolicy` only. */
export interface AuthPolicy extends Required<Omit<AuthPolicyOptions, "receivers">> {
  readonly receivers: ReadonlySet<string>;
  readonly peers: PeerMemo;
}

/** Checks a policy and fills in its defaults; throws where it could not keep what it promises. */
export function defineAuthPolicy(options: AuthPolicyOptions): AuthPolicy {
  const policy: AuthPolicy = {
    schemes: ["btauth", "epistula"],
    axonFields: [],
    requireReceiver: true,
    epistulaWindow: EPISTULA_WINDOW,
    btauthWindow: BTAUTH_WINDOW,
    finishWithinMs: 30_000,
    maxBodyBytes: 1_048_576,
    maxHeaderBytes: 16_384,
    acceptV1: false,
    lenientHex: false,
    acceptWrappedBytes: false,
    binding: "checked",
    bracesForEmptyGet: ["/capacity"],
    trustedScheme: () => "sr25519",
    hasUpgraded: () => false,
    ...options,
    receivers: new Set(options.receivers),
    peers: new PeerMemo(),
  };
  if (policy.receivers.size === 0) throw invalid("no receiver: name our own hotkey");
  if (policy.schemes.length === 0) throw invalid("no scheme: allow btauth, epistula or both");
  requireWhole("finishWithinMs", policy.finishWithinMs);
  requireWhole("maxBodyBytes", policy.maxBodyBytes);
  requireWhole("maxHeaderBytes", policy.maxHeaderBytes);
  requireRetention(policy);
  return policy;
}

/**
 * A request passes from `maxSkew` before its signed time to `maxAge` after it, and its nonce is spent
 * up to `finishWithin` later. A store that forgets sooner lets a copy in whose body was held back.
 */
function requireRetention(policy: AuthPolicy): void {
  const windows = { epistula: policy.epistulaWindow, btauth: policy.btauthWindow };
  for (const [name, window] of Object.entries(windows)) {
    requireWhole(`${name} maxAgeMs`, window.maxAgeMs);
    requireWhole(`${name} maxSkewMs`, window.maxSkewMs);
  }
  const axon = policy.schemes.includes("axon") ? [AXON_WINDOW] : [];
  const judgedBy = [policy.epistulaWindow, policy.btauthWindow, EPISTULA_V1_WINDOW, ...axon];
  const spans = judgedBy.map(({ maxAgeMs, maxSkewMs }) => maxAgeMs + maxSkewMs);
  const neededMs = Math.max(...spans) + policy.finishWithinMs;
  const { retentionMs } = policy.replay;
  if (retentionMs >= neededMs) return;
  throw new CodedError<EpistulaCode>(
    "REPLAY_RETENTION_SHORT",
    `nonces are kept ${retentionMs} ms, but a copy can arrive ${neededMs} ms after the first: keep them at least so long`,
    { retentionMs, neededMs },
  );
}

function requireWhole(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw invalid(`${name} is ${value}: give a whole number, zero or more`);
}

function invalid(reason: string): CodedError<EpistulaCode> {
  return new CodedError("POLICY_INVALID", `policy refused: ${reason}`);
}
