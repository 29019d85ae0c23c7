export {
  type Admission,
  type AdmissionCode,
  type Admit,
  admitAnyone,
  type Standing,
} from "./admission.ts";
export {
  type AnswerOptions,
  answerRefusal,
  type ErrorDialect,
  type RefusalAnswer,
} from "./answer.ts";
export { AUTH_ERRORS } from "./auth-errors.ts";
export {
  type AxonRefusal,
  type AxonRefused,
  type AxonResponse,
  answerAxonRefusal,
  signAxonResponse,
  verifyAxonResponse,
} from "./axon-answer.ts";
export { type AxonField, axonBodyHash, coverAxonBody } from "./axon-body.ts";
export { AXON_WINDOW } from "./axon-claim.ts";
export { checkHeaders, type Pending } from "./check-headers.ts";
export { type CheckSignature, checkInline } from "./check-signature.ts";
export type { AxonClaim, BtauthClaim, Claim, Dialect, EpistulaClaim } from "./claim.ts";
export { EPISTULA_ERRORS, type EpistulaCode } from "./errors.ts";
export { finish } from "./finish.ts";
export {
  type Checkpoint,
  type StreamOf,
  StreamSigner,
  type StreamVerdict,
  StreamVerifier,
} from "./frame-chain.ts";
export { AXON, BTAUTH, EPISTULA } from "./header-names.ts";
export { INTERVAL_MS, type IntervalSlot, type IntervalVariant, signInterval } from "./interval.ts";
export { IntervalGate, type IntervalGateOptions, type IntervalVerdict } from "./interval-gate.ts";
export { Outage, type OutageOptions } from "./outage.ts";
export type { Peer } from "./peer-memo.ts";
export {
  type AcceptedScheme,
  type AuthPolicy,
  type AuthPolicyOptions,
  type AuthScheme,
  defineAuthPolicy,
} from "./policy.ts";
export { type PyType, pyStr } from "./py-str.ts";
export { type AuthCode, type Refusal, refuse, STATUS } from "./refusal.ts";
export type { ReplayStore } from "./replay.ts";
export { type ReplayFallbackOptions, replayWithFallback } from "./replay-fallback.ts";
export { type ReplayMemoryOptions, replayMemory } from "./replay-memory.ts";
export { pairRawHeaders, type RawHeaders, type RequestHead } from "./request-head.ts";
export { RequestSigner, type RequestSignerOptions, type RequestToSign } from "./request-signer.ts";
export {
  type BtauthResponse,
  type EpistulaResponse,
  signBtauthResponse,
  signEpistulaResponse,
  verifyBtauthResponse,
  verifyEpistulaResponse,
} from "./response-proof.ts";
export { type RunningHash, RunningProof } from "./running-proof.ts";
export { type BtauthRequest, signBtauth } from "./sign-btauth.ts";
export { type EpistulaRequest, type EpistulaStyle, signEpistula } from "./sign-epistula.ts";
export type { Principal, Signed } from "./signed.ts";
export type { SigningKey } from "./signing-key.ts";
export { type Admitted, spendNonce } from "./spend-nonce.ts";
export { type UpgradeMemo, type UpgradeMemoOptions, upgradeMemo } from "./upgrade-memo.ts";
export { finishV1, type PendingV1 } from "./v1-envelope.ts";
export {
  BTAUTH_WINDOW,
  EPISTULA_V1_WINDOW,
  EPISTULA_WINDOW,
  type Window,
} from "./window.ts";
