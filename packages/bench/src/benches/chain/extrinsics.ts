import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import { type Hex, hotkeyOf } from "@neurond/primitives";
import type { Row } from "../../bench.ts";
import { crowdedDevnet } from "./crowd.ts";
import { signedRemark } from "./remark.ts";
import { RpcClient } from "./rpc-client.ts";

const BATCH = 400;

/** Signed remarks through one websocket, until all of them are in a block. */
export async function extrinsicRows(resources: AsyncDisposableStack): Promise<readonly Row[]> {
  const { devnet } = await crowdedDevnet(resources, 8, { tempo: 360 });
  const rpc = resources.use(await RpcClient.open(devnet.url));
  const alice = keypairFromUri("//Alice");
  const account = hotkeyOf(alice.publicKey);
  devnet.fund(account, 10n ** 18n);
  await devnet.newBlocks(1);
  const genesis = await rpc.request<Hex>("chain_getBlockHash", [0]);
  const { specVersion } = await rpc.request<{ specVersion: number }>("state_getRuntimeVersion", []);
  const message = new Uint8Array(100);
  const signature = alice.sign(message);
  let nonce = 0;
  return [
    {
      metric: "chain.extrinsics.rate",
      unit: "1/s",
      better: "higher",
      target: 200,
      runs: 5,
      async measure() {
        const first = nonce;
        const extrinsics = Array.from({ length: BATCH }, (_, i) =>
          signedRemark(alice, first + i, genesis, specVersion),
        );
        nonce += BATCH;
        const started = performance.now();
        await Promise.all(extrinsics.map((hex) => rpc.request("author_submitExtrinsic", [hex])));
        await devnet.newBlocks(1);
        const seconds = (performance.now() - started) / 1000;
        const next = await rpc.request<number>("system_accountNextIndex", [account]);
        if (next !== nonce) throw new Error(`${next} of ${nonce} extrinsics were included`);
        return BATCH / seconds;
      },
      reference: {
        name: "checking as many signatures, nothing else",
        measure() {
          const started = performance.now();
          for (let i = 0; i < BATCH; i += 1) verifySr25519Fast(alice.publicKey, message, signature);
          return BATCH / ((performance.now() - started) / 1000);
        },
      },
    },
  ];
}
