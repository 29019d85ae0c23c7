import { fromHex } from "@neurond/primitives";
import {
  decAnyMetadata,
  type UnifiedMetadata,
  unifyMetadata,
} from "@polkadot-api/substrate-bindings";
import { chainError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { createDecoders, type Decode } from "./decoder.ts";
import { concat, encodeValue } from "./encoder.ts";
import type { StorageItem } from "./storage-entry.ts";
import type { TypeTable } from "./types.ts";

/** Versions a signature covers. */
export interface RuntimeVersion {
  readonly specVersion: number;
  readonly transactionVersion: number;
}

/** A runtime API method, ready to call. */
export interface ApiMethod {
  readonly name: string;
  encode(args: readonly unknown[]): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** A module error by name. */
export interface ModuleError {
  readonly pallet: string;
  readonly name: string;
  readonly docs: string;
}

/**
 * One runtime as its own metadata describes it. Features are found by asking for them (`storage`,
 * `api`, `hasCall` answer undefined or false), never by version number.
 */
export class Runtime {
  readonly version: RuntimeVersion;
  readonly types: TypeTable;
  /** As served, magic number included; polkadot.js builds its registry from it. */
  readonly metadataBytes: Uint8Array;
  readonly #metadata: UnifiedMetadata;
  readonly #decoderOf: (id: number) => Decode;
  readonly #items = new Map<string, StorageItem | undefined>();

  constructor(metadataBytes: Uint8Array, version: RuntimeVersion) {
    this.version = version;
    this.metadataBytes = metadataBytes;
    this.#metadata = parse(metadataBytes);
    this.types = this.#metadata.lookup;
    this.#decoderOf = createDecoders(this.types);
  }

  storage(pallet: string, item: string): StorageItem | undefined {
    const name = `${pallet}.${item}`;
    if (!this.#items.has(name)) this.#items.set(name, this.#bind(pallet, item));
    return this.#items.get(name);
  }

  constant(pallet: string, name: string): unknown {
    const found = this.#pallet(pallet)?.constants.find((constant) => constant.name === name);
    if (found === undefined) return undefined;
    return this.#decoderOf(found.type)(new ByteReader(fromHex(found.value)));
  }

  api(api: string, method: string): ApiMethod | undefined {
    const found = this.#metadata.apis
      .find((candidate) => candidate.name === api)
      ?.methods.find((candidate) => candidate.name === method);
    if (found === undefined) return undefined;
    const { inputs, output } = found;
    return {
      name: `${api}_${method}`,
      encode: (args) =>
        concat(inputs.map(({ type }, index) => encodeValue(this.types, type, args[index]))),
      decode: (bytes) => this.#decoderOf(output)(new ByteReader(bytes)),
    };
  }

  /** Names of a call's arguments in order, or undefined when the runtime lacks the call. */
  callArguments(pallet: string, name: string): readonly string[] | undefined {
    const variant = this.#variants(this.#pallet(pallet)?.calls?.type).find((v) => v.name === name);
    return variant?.fields.map((field, index) => field.name ?? String(index));
  }

  hasCall(pallet: string, name: string): boolean {
    return this.callArguments(pallet, name) !== undefined;
  }

  /** The error behind `DispatchError::Module`. */
  moduleError(palletIndex: number, errorIndex: number): ModuleError | undefined {
    const pallet = this.#metadata.pallets.find(({ index }) => index === palletIndex);
    const found = this.#variants(pallet?.errors?.type).find(({ index }) => index === errorIndex);
    if (pallet === undefined || found === undefined) return undefined;
    return { pallet: pallet.name, name: found.name, docs: found.docs.join(" ").trim() };
  }

  /** Decodes a whole extrinsic, length prefix included, to its signer and call. */
  extrinsic(bytes: Uint8Array): { readonly signer: string | undefined; readonly call: unknown } {
    const reader = new ByteReader(bytes);
    reader.compact();
    const format = reader.u8();
    const { address, signature, call, extensions } = this.#extrinsicTypes();
    if ((format & 0x80) === 0) return { signer: undefined, call: this.#decoderOf(call)(reader) };
    const signer = signerOf(this.#decoderOf(address)(reader));
    this.#decoderOf(signature)(reader);
    for (const extension of extensions) this.#decoderOf(extension)(reader);
    return { signer, call: this.#decoderOf(call)(reader) };
  }

  #extrinsicTypes() {
    const { extrinsic } = this.#metadata;
    const [first = []] = Object.values(extrinsic.extensionsByVersion);
    const extensions = (extrinsic.extensionsByVersion[4] ?? first).map(({ type }) => type);
    if ("call" in extrinsic) return { ...extrinsic, extensions };
    // Metadata 14 names the parts as parameters of the extrinsic's type.
    const params = this.types[extrinsic.type]?.params ?? [];
    const part = (name: string) => params.find((param) => param.name === name)?.type ?? -1;
    return {
      address: part("Address"),
      call: part("Call"),
      signature: part("Signature"),
      extensions,
    };
  }

  #pallet(name: string) {
    return this.#metadata.pallets.find((pallet) => pallet.name === name);
  }

  #variants(type: number | undefined) {
    const def = type === undefined ? undefined : this.types[type]?.def;
    return def?.tag === "variant" ? def.value : [];
  }

  #bind(pallet: string, item: string): StorageItem | undefined {
    const entry = this.#pallet(pallet)?.storage?.items.find(({ name }) => name === item);
    if (entry === undefined) return undefined;
    const map = entry.type.tag === "map" ? entry.type.value : undefined;
    const valueType = entry.type.tag === "map" ? entry.type.value.value : entry.type.value;
    const hashers = map?.hashers.map(({ tag }) => tag) ?? [];
    const keyTypes = map === undefined ? [] : keyParts(this.types, map.key, hashers.length);
    return {
      pallet,
      item,
      hashers,
      keyTypes,
      decode: this.#decoderOf(valueType),
      decodeKeys: keyTypes.map((type) => this.#decoderOf(type)),
      fallback: entry.modifier === 1 ? fromHex(entry.fallback) : undefined,
    };
  }
}

/** Several hashers hash the members of a tuple one by one; a single hasher takes the key whole. */
function keyParts(types: TypeTable, key: number, count: number): readonly number[] {
  if (count === 1) return [key];
  const def = types[key]?.def;
  if (def?.tag === "tuple" && def.value.length === count) return def.value;
  throw chainError("METADATA_UNDECODABLE", `storage key type ${key} does not fit ${count} hashers`);
}

function signerOf(address: unknown): string | undefined {
  if (typeof address === "string") return address;
  if (typeof address !== "object" || address === null || !("value" in address)) return undefined;
  return typeof address.value === "string" ? address.value : undefined;
}

function parse(bytes: Uint8Array): UnifiedMetadata {
  try {
    return unifyMetadata(decAnyMetadata(bytes));
  } catch (cause) {
    throw chainError(
      "METADATA_UNDECODABLE",
      `metadata of ${bytes.length} bytes cannot be read (versions 14 to 16 can)`,
      { head: bytes.slice(0, 5) },
      cause,
    );
  }
}
