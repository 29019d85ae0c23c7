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

/** Headers of the dendrites and axons of the Bittensor SDK up to version 10 (epistula.md section 11.1). */
export const AXON = {
  nonce: "bt_header_dendrite_nonce",
  uuid: "bt_header_dendrite_uuid",
  dendriteHotkey: "bt_header_dendrite_hotkey",
  signature: "bt_header_dendrite_signature",
  axonHotkey: "bt_header_axon_hotkey",
  bodyHash: "computed_body_hash",
  /** Seconds. */
  timeout: "timeout",
  axonNonce: "bt_header_axon_nonce",
  axonUuid: "bt_header_axon_uuid",
  axonSignature: "bt_header_axon_signature",
  statusCode: "bt_header_axon_status_code",
  statusMessage: "bt_header_axon_status_message",
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
