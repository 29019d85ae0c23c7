import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { encodeSs58, type Hex, toHex } from "@neurond/primitives";
import { IMMORTAL } from "../../src/node/era.ts";
import { encodeExtra, encodeSigned } from "../../src/node/extrinsic.ts";
import { signingPayload } from "../../src/node/signing.ts";
import { createRuntime } from "../../src/subtensor-runtime.ts";
import type { Client } from "./client.ts";

export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const addressOf = ({ publicKey }: Keypair): string => encodeSs58(publicKey);
export const keyOf = ({ publicKey }: Keypair): Hex => toHex(publicKey);

const runtime = createRuntime();

/** A call by name, encoded. */
export function callBytes(pallet: string, name: string, args: unknown): Uint8Array {
  const found = runtime.pallets.find((candidate) => candidate.name === pallet);
  const call = found?.calls.find((candidate) => candidate.name === name);
  if (!found || !call) throw new Error(`no ${pallet}.${name}`);
  return runtime.runtimeCall.codec.enc({ pallet: found.index, call: call.index, args });
}

export const remark = (text: string): Uint8Array =>
  callBytes("System", "remark", { remark: new TextEncoder().encode(text) });

export const transfer = (to: Keypair, value: bigint): Uint8Array =>
  callBytes("Balances", "transfer_keep_alive", { dest: { tag: "Id", value: keyOf(to) }, value });

/** Signs immortally for the chain that the client talks to. */
export async function sign(
  client: Client,
  who: Keypair,
  call: Uint8Array,
  how: { readonly nonce?: number; readonly specVersion?: number } = {},
): Promise<Hex> {
  const genesis = await client.call<Hex>("chain_getBlockHash", 0);
  const nonce = how.nonce ?? (await client.call<number>("account_nextIndex", addressOf(who)));
  const extra = { era: IMMORTAL, nonce, tip: 0n, metadataHash: false };
  const payload = signingPayload(call, encodeExtra(extra), {
    specVersion: how.specVersion ?? 424,
    transactionVersion: 1,
    genesis,
    birth: genesis,
  });
  const signature = { tag: "Sr25519", value: who.sign(payload) } as const;
  return toHex(encodeSigned(keyOf(who), signature, extra, call));
}
