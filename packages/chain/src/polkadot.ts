import { encodeSs58, type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import type { ApiPromise } from "@polkadot/api";
import type { ApiOptions } from "@polkadot/api/types";
import type { Call } from "./chain.ts";
import type { Runtime } from "./codec/runtime.ts";
import { chainError } from "./errors.ts";
import type { Signer } from "./options.ts";

/** What a signature covers besides the call. */
export interface SigningContext {
  readonly nonce: number;
  /** The block the mortal era starts from. */
  readonly block: { readonly number: number; readonly hash: Hex };
  /** Blocks the extrinsic stays valid; a power of two. */
  readonly period: number;
}

/** A signed extrinsic, ready to send. */
export interface SignedExtrinsic {
  readonly bytes: Hex;
  /** blake2-256 of the bytes: how the chain names it. */
  readonly hash: Hex;
}

type Provider = NonNullable<ApiOptions["provider"]>;

/** Runtimes an old and a new extrinsic may be built for at the same time. */
const MAX_BUILDERS = 2;

/**
 * Builds and signs extrinsics with polkadot.js, which knows every transaction extension. It takes
 * 1.4 s and 300 MB, so it is loaded with the first write; readers never pay for it. It gets the
 * metadata from us and no connection: nothing in it can hang, reconnect or leak a socket.
 */
export class ExtrinsicBuilders implements AsyncDisposable {
  readonly #apis = new Map<number, Promise<ApiPromise>>();

  async sign(
    runtime: Runtime,
    genesisHash: Hex,
    call: Call,
    signer: Signer,
    context: SigningContext,
  ): Promise<SignedExtrinsic> {
    const api = await this.#apiFor(runtime, genesisHash);
    const extrinsic = buildCall(api, runtime, call);
    const { block, nonce, period } = context;
    const options = {
      blockHash: block.hash,
      era: api.registry.createType("ExtrinsicEra", { current: block.number, period }),
      genesisHash,
      nonce,
      runtimeVersion: api.runtimeVersion,
      tip: 0,
    };
    const payload = api.registry.createType(
      "ExtrinsicPayload",
      { ...options, ...runtime.version, method: extrinsic.method.toHex(), mode: 0 },
      { version: extrinsic.version },
    );
    const message = payload.toU8a({ method: true });
    const signed = message.length > 256 ? blake2b(message, { dkLen: 32 }) : message;
    const signature = Uint8Array.of(SCHEMES[signer.scheme], ...signer.sign(signed));
    extrinsic.addSignature(encodeSs58(signer.publicKey), signature, payload.toHex());
    const bytes = extrinsic.toU8a();
    return { bytes: toHex(bytes), hash: toHex(blake2b(bytes, { dkLen: 32 })) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const apis = [...this.#apis.values()];
    this.#apis.clear();
    await Promise.allSettled(apis.map(close));
  }

  #apiFor(runtime: Runtime, genesisHash: Hex): Promise<ApiPromise> {
    const { specVersion } = runtime.version;
    const known = this.#apis.get(specVersion);
    if (known !== undefined) return known;
    const opening = openApi(runtime, genesisHash);
    this.#apis.set(specVersion, opening);
    opening.catch(() => this.#apis.delete(specVersion));
    const [oldest] = this.#apis;
    if (this.#apis.size > MAX_BUILDERS && oldest !== undefined) {
      this.#apis.delete(oldest[0]);
      close(oldest[1]).catch(() => undefined);
    }
    return opening;
  }
}

/** First byte of a MultiSignature. */
const SCHEMES = { ed25519: 0, sr25519: 1 } as const;

function buildCall(api: ApiPromise, runtime: Runtime, call: Call): ReturnType<typeof submittable> {
  const path = `${call.pallet}.${call.name}`;
  const names = runtime.callArguments(call.pallet, call.name);
  if (names === undefined) {
    throw chainError("RUNTIME_UNSUPPORTED", `runtime has no call ${path}`, { call: path });
  }
  const missing = names.filter((name) => !(name in call.args));
  const unknown = Object.keys(call.args).filter((name) => !names.includes(name));
  if (missing.length + unknown.length > 0) {
    throw chainError(
      "CALL_UNENCODABLE",
      `${path} takes (${names.join(", ")}); missing: ${missing.join(", ") || "none"}, unknown: ${unknown.join(", ") || "none"}`,
      { call: path, missing, unknown },
    );
  }
  const build = (argument: unknown) => argumentOf(api, runtime, argument);
  try {
    return submittable(
      api,
      call,
      names.map((name) => build(call.args[name])),
    );
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw chainError("CALL_UNENCODABLE", `${path}: ${reason}`, { call: path }, cause);
  }
}

function submittable(api: ApiPromise, { pallet, name }: Call, args: readonly unknown[]) {
  const method = api.tx[camel(pallet)]?.[camel(name)];
  if (method === undefined) {
    throw chainError("RUNTIME_UNSUPPORTED", `polkadot.js found no call ${pallet}.${name}`);
  }
  return method(...args);
}

/** Plain values as polkadot.js takes them: bytes as hex (as Uint8Array they would be SCALE), calls built. */
function argumentOf(api: ApiPromise, runtime: Runtime, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map((item) => argumentOf(api, runtime, item));
  if (typeof value !== "object" || value === null) return value;
  if (isCall(value)) return buildCall(api, runtime, value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, argumentOf(api, runtime, inner)]),
  );
}

function isCall(value: object): value is Call {
  return "pallet" in value && "name" in value && "args" in value;
}

/** `SubtensorModule` -> `subtensorModule`, `set_weights` -> `setWeights`. */
function camel(name: string): string {
  const joined = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

async function close(api: Promise<ApiPromise>): Promise<void> {
  await (await api).disconnect();
}

async function openApi(runtime: Runtime, genesisHash: Hex): Promise<ApiPromise> {
  const { ApiPromise } = await import("@polkadot/api");
  const { specVersion, transactionVersion } = runtime.version;
  const opening = ApiPromise.create({
    provider: offlineProvider({
      chain_getBlockHash: genesisHash,
      state_getRuntimeVersion: {
        specName: "node-subtensor",
        implName: "node-subtensor",
        authoringVersion: 1,
        implVersion: 1,
        apis: [],
        specVersion,
        transactionVersion,
        stateVersion: 1,
      },
      system_chain: "Bittensor",
      system_properties: { ss58Format: 42, tokenDecimals: 9, tokenSymbol: "TAO" },
      rpc_methods: { methods: [] },
    }),
    metadata: { [`${genesisHash}-${specVersion}`]: toHex(runtime.metadataBytes) },
    noInitWarn: true,
    throwOnConnect: true,
  });
  return opening.catch((cause: unknown) => {
    throw chainError(
      "METADATA_UNDECODABLE",
      `polkadot.js cannot read the metadata of runtime ${specVersion}`,
      { specVersion },
      cause,
    );
  });
}

/** A provider that answers from what is known already. */
function offlineProvider(answers: Readonly<Record<string, unknown>>): Provider {
  const provider = {
    // Without subscriptions polkadot.js starts no timer, which would hold the process at its end.
    hasSubscriptions: false,
    isClonable: false,
    isConnected: true,
    clone: () => provider,
    connect: async () => undefined,
    disconnect: async () => undefined,
    on: () => () => undefined,
    send: async (method: string) => answers[method] ?? null,
    subscribe: async () => 0,
    unsubscribe: async () => true,
  };
  // Its own interface types `send` as generic in an unchecked result, which no honest provider is.
  return provider as Provider;
}
