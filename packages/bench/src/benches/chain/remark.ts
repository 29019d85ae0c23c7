import type { Keypair } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";

/** SCALE compact integer of up to 30 bits. */
function compact(value: number): Uint8Array {
  if (value < 1 << 6) return Uint8Array.of(value << 2);
  if (value < 1 << 14) return new Uint8Array(Uint16Array.of((value << 2) | 1).buffer);
  return new Uint8Array(Uint32Array.of((value << 2) | 2).buffer);
}

const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

/** An immortal `System.remark` of 32 bytes, signed: by hand, so that no client is measured. */
export function signedRemark(key: Keypair, nonce: number, genesisHash: Hex, spec: number): Hex {
  const call = Buffer.concat([Uint8Array.of(0, 0), compact(32), new Uint8Array(32)]);
  // Era, nonce, tip, no metadata hash.
  const extra = Buffer.concat([Uint8Array.of(0), compact(nonce), Uint8Array.of(0, 0)]);
  const genesis = fromHex(genesisHash);
  const implicit = Buffer.concat([u32(spec), u32(1), genesis, genesis, Uint8Array.of(0)]);
  const signature = key.sign(Buffer.concat([call, extra, implicit]));
  const body = Buffer.concat([
    Uint8Array.of(0x84, 0),
    key.publicKey,
    Uint8Array.of(1),
    signature,
    extra,
    call,
  ]);
  return toHex(Buffer.concat([compact(body.length), body]));
}
