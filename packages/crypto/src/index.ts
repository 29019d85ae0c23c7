export { fromCanonical, toCanonical } from "./canonical-secret.ts";
export { commitHash, type WeightsCommit } from "./commit-hash.ts";
export {
  type DrandKey,
  drandKeyFromSeed,
  QUICKNET,
  roundIdentity,
  roundRandomness,
  signRound,
  verifyRound,
} from "./drand.ts";
export { verifyEd25519 } from "./ed25519.ts";
export type { CryptoCode } from "./errors.ts";
export {
  type Keypair,
  keypairFromCanonical,
  keypairFromMnemonic,
  keypairFromSeed,
  keypairFromUri,
  type Scheme,
} from "./keypair.ts";
export { miniSecretFromMnemonic } from "./mnemonic.ts";
export { verifySr25519, verifySr25519Fast } from "./sr25519.ts";
export { type TimelockInput, timelockDecrypt, timelockEncrypt } from "./timelock.ts";
export { decodeContainer, encodeContainer, type TimelockContainer } from "./timelock-container.ts";
export type { Verify } from "./verify.ts";
export {
  decodeWeightsPayload,
  encodeWeightsPayload,
  type WeightsPayload,
} from "./weights-payload.ts";
