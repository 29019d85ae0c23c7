import { type Keypair, keypairFromUri } from "@neurond/crypto";
import { type Hex, toHex } from "@neurond/primitives";
import { nodeApis } from "../../src/apis/node.ts";
import type { NestedCall } from "../../src/frame/dispatch.ts";
import { hashOf } from "../../src/node/bytes.ts";
import { virtualClock } from "../../src/node/clock.ts";
import type { RuntimeCode } from "../../src/node/code.ts";
import { type Era, IMMORTAL } from "../../src/node/era.ts";
import type { Guard } from "../../src/node/executable.ts";
import { encodeExtra, encodeSigned } from "../../src/node/extrinsic.ts";
import { Node, type NodeOptions } from "../../src/node/node.ts";
import { signingPayload } from "../../src/node/signing.ts";
import { balancesPallet } from "../../src/pallets/balances/pallet.ts";
import { sudoKey, sudoPallet } from "../../src/pallets/sudo.ts";
import { systemPallet } from "../../src/pallets/system/pallet.ts";
import { account as accounts } from "../../src/pallets/system/storage.ts";
import { timestampPallet } from "../../src/pallets/timestamp.ts";
import { transactionPaymentPallet } from "../../src/pallets/transaction-payment.ts";
import { utilityPallet } from "../../src/pallets/utility.ts";
import { assembleRuntime, type Runtime } from "../../src/runtime.ts";
import type { State } from "../../src/state/state.ts";

export const alice = keypairFromUri("//Alice");
export const bob = keypairFromUri("//Bob");
export const keyOf = ({ publicKey }: Keypair): Hex => toHex(publicKey);

export const TAO = 1_000_000_000n;
export const GENESIS_MS = 1_750_000_000_000;
export const CODE: RuntimeCode = { profile: "424", specVersion: 424 };

/** A chain without subnets: accounts, balances, batches, sudo. */
export function smallRuntime({ profile, specVersion }: RuntimeCode, guard: Guard): Runtime {
  const runtime: Runtime = assembleRuntime(
    {
      pallets: ({ runtimeCall, runtimeEvent, version }) => [
        systemPallet(runtimeEvent, version),
        timestampPallet,
        balancesPallet,
        transactionPaymentPallet,
        utilityPallet(runtimeCall),
        sudoPallet(runtimeCall),
      ],
      apis: (outer) => nodeApis(outer, { runtime: () => runtime, guard, slotDurationMs: 12_000 }),
    },
    profile,
    specVersion,
  );
  return runtime;
}

export const endow = (state: State, who: Keypair, free = 1_000n * TAO) =>
  accounts.update(state, [keyOf(who)], (info) => ({
    ...info,
    providers: 1,
    data: { ...info.data, free },
  }));

export function makeNode(options: Partial<NodeOptions> = {}): Node {
  const guard = options.guard ?? (() => undefined);
  return new Node({
    code: CODE,
    runtimeOf: (code) => smallRuntime(code, guard),
    guard,
    genesis: (state) => {
      endow(state, alice);
      endow(state, bob);
      sudoKey.set(state, [], keyOf(alice));
    },
    clock: virtualClock(GENESIS_MS, 12_000),
    blockTimeMs: 12_000,
    ...options,
  });
}

/** Calls by name, encoded by the node's own runtime. */
export function callOf(node: Node, pallet: string, name: string, args: unknown): NestedCall {
  const found = node.runtimeAt(node.best).pallets.find((candidate) => candidate.name === pallet);
  const call = found?.calls.find((candidate) => candidate.name === name);
  if (!found || !call) throw new Error(`no ${pallet}.${name}`);
  return { pallet: found.index, call: call.index, args };
}

export const remark = (node: Node, text: string) =>
  callOf(node, "System", "remark", { remark: new TextEncoder().encode(text) });

export interface Signing {
  readonly nonce?: number;
  readonly era?: Era;
  readonly tip?: bigint;
  readonly specVersion?: number;
  readonly genesis?: Hex;
  readonly birth?: Hex;
}

/** Signs as a client would, for the node's best block unless told otherwise. */
export function sign(node: Node, who: Keypair, call: NestedCall, how: Signing = {}): Uint8Array {
  const { version, runtimeCall } = node.runtimeAt(node.best);
  const extra = {
    era: how.era ?? IMMORTAL,
    nonce: how.nonce ?? node.pool.nextNonce(keyOf(who)),
    tip: how.tip ?? 0n,
    metadataHash: false,
  };
  const callBytes = runtimeCall.codec.enc(call);
  const genesis = how.genesis ?? node.blocks.genesis.hash;
  const payload = signingPayload(callBytes, encodeExtra(extra), {
    specVersion: how.specVersion ?? version.specVersion,
    transactionVersion: version.transactionVersion,
    genesis,
    birth: how.birth ?? genesis,
  });
  const signature = who.sign(payload);
  const tag = who.scheme === "sr25519" ? "Sr25519" : "Ed25519";
  return encodeSigned(keyOf(who), { tag, value: signature }, extra, callBytes);
}

export { hashOf };
