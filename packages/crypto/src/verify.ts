/** Whether `signature` by `publicKey` covers `message`. Malformed input is `false`, never a throw. */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
