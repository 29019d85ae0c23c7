import { type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import type { NestedCall } from "./frame/dispatch.ts";
import { encodeMetadata, type MetadataVersion } from "./frame/metadata.ts";
import { outerEnums, runtimeEventOf } from "./frame/outer-enums.ts";
import type { Pallet, RuntimeApi } from "./frame/pallet.ts";
import { runtimeCallOf } from "./frame/runtime-call.ts";
import { type ProfileName, profiles, restrictApi, restrictPallet } from "./profile.ts";
import type { AnyType, Type } from "./scale/type.ts";

/** The runtime version record of `state_getRuntimeVersion`. */
export interface RuntimeVersion {
  readonly specName: string;
  readonly implName: string;
  readonly authoringVersion: number;
  readonly specVersion: number;
  readonly implVersion: number;
  readonly apis: readonly (readonly [id: Hex, version: number])[];
  readonly transactionVersion: number;
  readonly stateVersion: number;
}

/** The rules of the chain in one version: what may be called, what is stored, what clients are told. */
export interface Runtime {
  readonly version: RuntimeVersion;
  readonly pallets: readonly Pallet[];
  readonly apis: readonly RuntimeApi[];
  readonly runtimeCall: Type<NestedCall>;
  readonly runtimeEvent: AnyType;
  /** SCALE metadata with its magic; built when first asked for. */
  metadata(version: MetadataVersion): Uint8Array;
}

/** The types that some pallets' calls and items need before the pallets are known. */
export interface OuterTypes {
  readonly runtimeCall: Type<NestedCall>;
  readonly runtimeEvent: AnyType;
}

/** Pallets and APIs of a runtime, given the types that contain all of their calls and events. */
export interface RuntimeParts {
  readonly pallets: (outer: OuterTypes & { readonly version: RuntimeVersion }) => readonly Pallet[];
  readonly apis: (outer: OuterTypes) => readonly RuntimeApi[];
}

const utf8 = new TextEncoder();

const versionOf = (apis: readonly RuntimeApi[], specVersion: number): RuntimeVersion => ({
  specName: "node-subtensor",
  implName: "node-subtensor",
  authoringVersion: 1,
  specVersion,
  implVersion: 1,
  apis: apis.map(({ name, version }) => [toHex(blake2b(utf8.encode(name), { dkLen: 8 })), version]),
  transactionVersion: 1,
  stateVersion: 1,
});

/** Assembles a runtime from its parts as the profile had them. */
export function assembleRuntime(
  parts: RuntimeParts,
  profileName: ProfileName = "424",
  specVersion?: number,
): Runtime {
  const profile = profiles[profileName];
  const runtimeCall = runtimeCallOf(
    () => pallets,
    () => enums.callVariants,
  );
  const runtimeEvent = runtimeEventOf(() => enums.eventVariants);
  const outer = { runtimeCall, runtimeEvent };
  const apis = parts.apis(outer).flatMap((api) => restrictApi(profile, api));
  const version = versionOf(apis, specVersion ?? profile.specVersion);
  const pallets = parts
    .pallets({ ...outer, version })
    .flatMap((pallet) => restrictPallet(profile, pallet))
    .sort((a, b) => a.index - b.index);
  const enums = outerEnums(pallets);
  const encoded = new Map<MetadataVersion, Uint8Array>();
  return {
    version,
    pallets,
    apis,
    runtimeCall,
    runtimeEvent,
    metadata(version) {
      const known = encoded.get(version);
      if (known) return known;
      const source = { pallets, apis, enums, runtimeCall, runtimeEvent };
      const fresh = encodeMetadata(source, version);
      encoded.set(version, fresh);
      return fresh;
    },
  };
}
