import { decodeMetagraph, Runtime } from "@neurond/chain/decode";
import { fromHex, toBlockNumber, toMecid } from "@neurond/primitives";
import { Metadata, TypeRegistry } from "@polkadot/types";
import type { Row } from "../../bench.ts";
import { milliseconds } from "../../measure.ts";
import { CROWD_NETUID, crowdedDevnet } from "./crowd.ts";
import { RpcClient } from "./rpc-client.ts";

/** The answer of one runtime call turned into neurons, as the client does for every snapshot. */
export async function metagraphRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  return [await metagraphRow(resources, 256, 15), await metagraphRow(resources, 4_096, 200)];
}

const V15 = "0x0f000000";

async function metagraphRow(
  resources: AsyncDisposableStack,
  count: number,
  target: number,
): Promise<Row> {
  const { devnet } = await crowdedDevnet(resources, count, { tempo: 360 });
  const rpc = resources.use(await RpcClient.open(devnet.url));
  const call = async (method: string, args: string) =>
    fromHex(await rpc.request<string>("state_call", [method, args]));
  const netuid = `0x${Buffer.from(Uint16Array.of(CROWD_NETUID).buffer).toString("hex")}`;
  const answer = await call("SubnetInfoRuntimeApi_get_metagraph", netuid);
  // An `Option` of bytes with their compact length in front, of four bytes for this size.
  const metadata = (await call("Metadata_metadata_at_version", V15)).slice(1 + 4);
  const runtime = new Runtime(metadata, await rpc.request("state_getRuntimeVersion", []));
  const block = {
    number: toBlockNumber(0),
    hash: await rpc.request<`0x${string}`>("chain_getBlockHash", [0]),
  };
  const head = { ...block, parentHash: block.hash };
  const trust = new Array<number>(count).fill(0);
  return {
    metric: `chain.metagraph.decode${count}`,
    unit: "ms",
    better: "lower",
    target,
    measure: milliseconds(() => decodeMetagraph(runtime, answer, trust, toMecid(0), head), 3),
    reference: {
      name: "polkadot.js, same bytes to plain values",
      measure: milliseconds(polkadotDecoder(metadata, answer)),
    },
  };
}

/** What the reference client does with the answer: classes, then `toJSON`. */
function polkadotDecoder(metadata: Uint8Array, answer: Uint8Array): () => unknown {
  const registry = new TypeRegistry();
  const decoded = new Metadata(registry, metadata);
  registry.setMetadata(decoded);
  const api = decoded.asLatest.apis.find(({ name }) => name.eq("SubnetInfoRuntimeApi"));
  const method = api?.methods.find(({ name }) => name.eq("get_metagraph"));
  if (method === undefined) throw new Error("the runtime has no get_metagraph");
  const type = registry.createLookupType(method.output);
  return () => registry.createType(type, answer).toJSON();
}
