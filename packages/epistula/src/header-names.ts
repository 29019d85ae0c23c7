/** Headers of Epistula v2 as its Python producers spell them (epistula.md section 3). */
export const EPISTULA = {
  version: "Epistula-Version",
  timestamp: "Epistula-Timestamp",
  uuid: "Epistula-Uuid",
  signedBy: "Epistula-Signed-By",
  signedFor: "Epistula-Signed-For",
  requestSignature: "Epistula-Request-Signature",
  signature: "Epistula-Signature",
  authorization: "Authorization",
  /** Our additive header: `v1 0x…`; verifiers that do not know it ignore it. */
  binding: "Epistula-Binding",
  responseSignature: "Epistula-Response-Signature",
  /** Three slots, `-0` to `-2`. */
  secretSignature: "Epistula-Secret-Signature",
  /** Epistula v1. */
  bodySignature: "Body-Signature",
} as const;

/** Headers of btauth/1 as the Python SDK spells them (btauth.md section 1). */
export const BTAUTH = {
  version: "X-Bittensor-Version",
  hotkey: "X-Bittensor-Hotkey",
  receiver: "X-Bittensor-Receiver",
  nonce: "X-Bittensor-Nonce",
  crypto: "X-Bittensor-Crypto",
  signature: "X-Bittensor-Signature",
  /** Ours; `X-Bittensor-*` names belong to upstream. */
  responseSignature: "X-Response-Signature",
} as const;
