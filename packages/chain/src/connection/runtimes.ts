import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { ByteReader } from "../codec/byte-reader.ts";
import { Runtime, type RuntimeVersion } from "../codec/runtime.ts";
import { chainError, retryOf } from "../errors.ts";
import type { Rpc } from "./rpc.ts";

/** Runtimes kept: the present one, its successor at an upgrade, and one from history. */
const MAX_RUNTIMES = 3;
const MAX_BLOCKS = 512;
/** Newest first. 14 has no runtime APIs: with it everything is read from storage. */
const READABLE = [16, 15, 14];

/**
 * The runtime that a block's state belongs to, found for each block anew, so that an upgrade needs
 * no event to be noticed. Shared by all connections to a chain.
 */
export class Runtimes {
  readonly #bySpec = new Map<number, Runtime>();
  readonly #versions = new Map<Hex, RuntimeVersion>();

  async at(rpc: Rpc, block: Hex): Promise<Runtime> {
    const version =
      this.#versions.get(block) ?? parseVersion(await rpc("state_getRuntimeVersion", [block]));
    remember(this.#versions, block, version, MAX_BLOCKS);
    const known = this.#bySpec.get(version.specVersion);
    const runtime = known ?? new Runtime(await fetchMetadata(rpc, block), version);
    remember(this.#bySpec, version.specVersion, runtime, MAX_RUNTIMES);
    return runtime;
  }
}

/** Keeps the most recently used entries. */
function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

function parseVersion(answer: unknown): RuntimeVersion {
  if (typeof answer === "object" && answer !== null) {
    const { specVersion, transactionVersion } = answer as Record<string, unknown>;
    if (typeof specVersion === "number" && typeof transactionVersion === "number") {
      return { specVersion, transactionVersion };
    }
  }
  throw chainError("RPC_MALFORMED", "the node sent what is not a runtime version");
}

async function fetchMetadata(rpc: Rpc, block: Hex): Promise<Uint8Array> {
  const version = await bestVersion(rpc, block);
  if (version !== undefined) {
    const asked = toHex(Uint8Array.of(version, 0, 0, 0));
    const answer = await rpc("state_call", ["Metadata_metadata_at_version", asked, block]);
    const reader = new ByteReader(fromHex(String(answer)));
    if (reader.u8() === 1) return reader.bytes(reader.length());
  }
  return fromHex(String(await rpc("state_getMetadata", [block])));
}

/** Runtimes from before 2023 cannot be asked; they serve 14 only. */
async function bestVersion(rpc: Rpc, block: Hex): Promise<number | undefined> {
  try {
    const answer = await rpc("state_call", ["Metadata_metadata_versions", "0x", block]);
    const reader = new ByteReader(fromHex(String(answer)));
    const versions = Array.from({ length: reader.length() }, () => reader.u32());
    return READABLE.find((version) => versions.includes(version));
  } catch (error) {
    if (retryOf(error) === "elsewhere") throw error;
    return undefined;
  }
}
