import { keypairFromUri } from "@neurond/crypto";
import {
  type Admitted,
  type AuthPolicyOptions,
  admitAnyone,
  checkHeaders,
  defineAuthPolicy,
  finish,
  type RawHeaders,
  type Refusal,
  type ReplayStore,
  type RequestHead,
  replayMemory,
  spendNonce,
} from "@neurond/epistula";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const charlie = keypairFromUri("//Charlie");
export const aliceEd25519 = keypairFromUri("//Alice", "ed25519");
export const ALICE = hotkeyOf(alice.publicKey);
export const BOB = hotkeyOf(bob.publicKey);
export const CHARLIE = hotkeyOf(charlie.publicKey);

export const NOW = 1_730_000_001_234;
export const RANDOM = new Uint8Array(32).fill(9);
export const UUID = "3f2b8c1a-9d4e-4f60-8b7a-1c2d3e4f5a6b";

/** Forgets everything: for tests that send one request many times on purpose. */
export const forgetful: ReplayStore = { retentionMs: 60_000, rememberIfNew: async () => true };

/** A fresh policy of Bob's, with a memory whose clock stands still. */
export function policyOf(options: Partial<AuthPolicyOptions> = {}) {
  return defineAuthPolicy({
    receivers: [BOB],
    netuid: toNetuid(7),
    replay: replayMemory({ retentionMs: 60_000, now: () => 0 }),
    admit: admitAnyone,
    ...options,
  });
}

export type Policy = ReturnType<typeof policyOf>;

export interface TestRequest extends RequestHead {
  readonly body: Uint8Array;
}

export function request(
  headers: RawHeaders,
  options: Partial<Omit<TestRequest, "headers">> = {},
): TestRequest {
  return { method: "POST", target: "/x", body: new Uint8Array(0), ...options, headers };
}

/** What a signer of `request` is given. */
export function toSign(body: Uint8Array, now: number) {
  const bodySha256 = sha256(body);
  return { method: "POST", target: "/x", bodySha256, receiver: BOB, now, random: RANDOM };
}

/** All stages of the door at one time. */
export async function enter(
  { body, ...head }: TestRequest,
  policy: Policy,
  now: number = NOW,
): Promise<Admitted | Refusal> {
  const pending = checkHeaders(head, policy, now);
  if (pending.kind === "refused") return pending;
  if (pending.kind === "pending/v1") throw new Error("v1 has a stage of its own");
  const signed = await finish(pending, sha256(body));
  return signed.kind === "refused" ? signed : spendNonce(signed, now);
}

/** "admitted", or the code of the refusal. */
export async function codeOf(
  sent: TestRequest,
  policy: Policy,
  now: number = NOW,
): Promise<string> {
  const outcome = await enter(sent, policy, now);
  return outcome.kind === "refused" ? outcome.code : "admitted";
}

/** Replaces a header's value, whatever its case; undefined takes the header out. */
export function withHeader(headers: RawHeaders, name: string, value: string | undefined) {
  const others = headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return value === undefined ? others : [...others, [name, value] as const];
}
