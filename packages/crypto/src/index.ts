export { u8, u16, u32, u64 } from "./big-endian.ts";
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
export { CRYPTO_ERRORS, type CryptoCode } from "./errors.ts";
export {
  Draw,
  deriveKey,
  deriveKey512,
  frame,
  framedHash,
  framedHash512,
  keystream,
} from "./framing.ts";
export {
  type Keypair,
  keypairFromCanonical,
  keypairFromMnemonic,
  keypairFromSeed,
  keypairFromUri,
  type Scheme,
} from "./keypair.ts";
export { foldPeaks, MerkleBuilder, merkleRoot, peakPlaces } from "./merkle/builder.ts";
export { HASH_BYTES, isHash, RFC6962, type TreeHasher, treeHasher } from "./merkle/hasher.ts";
export { MemoryNodes, type MerkleNode, type NodeStore, nodeMissing } from "./merkle/nodes.ts";
export { proveConsistency, proveInclusion } from "./merkle/prove.ts";
export { completeSubtrees, type LeafRange, type NodePlace, splitPoint } from "./merkle/shape.ts";
export {
  type ConsistencyClaim,
  type InclusionClaim,
  verifyConsistency,
  verifyInclusion,
} from "./merkle/verify.ts";
export { miniSecretFromMnemonic } from "./mnemonic.ts";
export { commitScalar } from "./pedersen/commit.ts";
export { decodeScalar, encodeScalar, reduceToScalar, SCALAR_BYTES } from "./pedersen/scalar.ts";
export type { GroupPoint, PedersenSuite, SuiteId } from "./pedersen/suite.ts";
export { pedersenSuite } from "./pedersen/suites.ts";
export { verifySr25519, verifySr25519Fast } from "./sr25519.ts";
export { type TimelockInput, timelockDecrypt, timelockEncrypt } from "./timelock.ts";
export { decodeContainer, encodeContainer, type TimelockContainer } from "./timelock-container.ts";
export type { Verify } from "./verify.ts";
export {
  decodeWeightsPayload,
  encodeWeightsPayload,
  type WeightsPayload,
} from "./weights-payload.ts";
