import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Devnet, type DevnetOptions, startDevnet } from "@neurond/devnet";
import {
  type Coldkey,
  coldkeyOf,
  type Hotkey,
  hotkeyOf,
  toNetuid,
  toUid,
} from "@neurond/primitives";
import { type Call, type Chain, type ConnectOptions, connectChain } from "../../src/index.ts";

/** The started subnet of the devnet's preset `subnet`. */
export const NETUID = toNetuid(2);

/** A client and the chain under it. */
export interface World extends AsyncDisposable {
  readonly net: Devnet;
  readonly chain: Chain;
}

/** A devnet with a started subnet, blocks at every submission, and a client. */
export async function startWorld(
  options: DevnetOptions = {},
  connect: Partial<ConnectOptions> = {},
): Promise<World> {
  const net = await startDevnet({ mode: "instant", preset: "subnet", ...options });
  const chain = await connectChain({
    endpoints: [net.url],
    stallMs: 0,
    timeoutMs: 20_000,
    writeTimeoutMs: 20_000,
    backoffMs: { first: 10, longest: 100 },
    ...connect,
  });
  return {
    net,
    chain,
    async [Symbol.asyncDispose]() {
      await chain[Symbol.asyncDispose]();
      await net.close();
    },
  };
}

const keys = new Map<string, Keypair>();

/** A development key, `//Alice`. */
export function key(uri: string): Keypair {
  const known = keys.get(uri) ?? keypairFromUri(uri);
  keys.set(uri, known);
  return known;
}

export const hotkey = (uri: string): Hotkey => hotkeyOf(key(uri).publicKey);
export const coldkey = (uri: string): Coldkey => coldkeyOf(key(uri).publicKey);
export const weight = (uid: number, value: number) => ({ uid: toUid(uid), value });

/** An AdminUtils call as root. */
export async function sudo(chain: Chain, name: string, args: Call["args"]): Promise<void> {
  const call = { pallet: "AdminUtils", name, args };
  const sent = await chain.submitCall(key("//Alice"), {
    pallet: "Sudo",
    name: "sudo",
    args: { call },
  });
  if (sent.kind !== "included") throw new Error(`${name}: ${JSON.stringify(sent)}`);
}
