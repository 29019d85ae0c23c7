import type { Keypair } from "@neurond/crypto";
import { type Devnet, type DevnetOptions, type GenesisNeuron, startDevnet } from "@neurond/devnet";
import { parseRecordedMetagraph } from "@neurond/exports";
import { domainHash, type Hex, type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import { compactNumber, Twox128 } from "@polkadot-api/substrate-bindings";
import { Dataset, type Manifest } from "../dataset.ts";
import { keyOf } from "../world/keys.ts";
import { commitmentCall, concat, type SigningContext, signedExtrinsic, u16 } from "./extrinsic.ts";
import { rpc } from "./rpc.ts";

const ONE_TAO = 1_000_000_000n;
/** An epoch has room for 31 commitments of a hotkey, so it must be over within a day; it does nothing else here. */
const EPOCH_SECONDS = 72 * 60;

/** Those of the chain, and: */
export interface SeedOptions extends Partial<DevnetOptions> {
  /** Leaves miners' commitments out; signing them is most of the time that a long data set takes. */
  readonly onlyValidator?: boolean;
}

/**
 * Starts a chain on which a data set has happened: the same neurons, every commitment as an extrinsic
 * signed by its hotkey in the very block that was recorded, blocks at the recorded times, and in the
 * last one the recorded incentives. It makes no blocks on its own afterwards.
 *
 * @throws CodedError SEED_DEVNET_FAILED, and those of `startDevnet`
 */
export async function seedDevnet(
  folder: string,
  { onlyValidator = false, ...options }: SeedOptions = {},
): Promise<Devnet> {
  const dataset = new Dataset(folder);
  const { manifest } = dataset;
  const neurons = neuronsOf(manifest);
  const tempo = Math.ceil(EPOCH_SECONDS / manifest.block_seconds);
  const devnet = await startDevnet({
    // Nothing here is sealed until later, and signing pulses would be most of the time a week takes.
    beacon: false,
    ...options,
    mode: "manual",
    preset: "empty",
    blockTimeMs: manifest.block_seconds * 1_000,
    genesisTime: manifest.genesis_ms,
    subnets: [{ netuid: manifest.netuid, owner: ownerOf(manifest.seed), neurons, tempo }],
    funded: neurons.map(({ hotkey }) => ({ account: hotkey, rao: ONE_TAO })),
  });
  try {
    await replay(devnet, dataset, onlyValidator);
    await payIncentives(devnet, dataset, neurons.length);
    return devnet;
  } catch (error) {
    await devnet.close();
    throw error;
  }
}

/** Sends every commitment so that it stands in its block. */
async function replay(devnet: Devnet, dataset: Dataset, onlyValidator: boolean): Promise<void> {
  const { manifest } = dataset;
  const context = await contextOf(devnet);
  const keys = new Map<string, { readonly pair: Keypair; nonce: number }>();
  let height = 0;
  for (const { block, signer, fields } of dataset.submissions()) {
    if (onlyValidator && signer !== "validator") continue;
    // What is submitted at height n stands in block n + 1.
    if (block - 1 > height) {
      await devnet.jump(block - 1 - height);
      height = block - 1;
    }
    const key = keys.get(signer) ?? { pair: keyOf(manifest.seed, signer), nonce: 0 };
    keys.set(signer, key);
    const call = commitmentCall(manifest.netuid, fields);
    await rpc(
      devnet.url,
      "author_submitExtrinsic",
      signedExtrinsic(key.pair, key.nonce, call, context),
    );
    key.nonce += 1;
  }
  await devnet.jump(1);
}

async function contextOf({ url }: Devnet): Promise<SigningContext> {
  const genesis = (await rpc(url, "chain_getBlockHash", 0)) as Hex;
  const version = (await rpc(url, "state_getRuntimeVersion")) as {
    specVersion: number;
    transactionVersion: number;
  };
  return {
    genesis,
    specVersion: version.specVersion,
    transactionVersion: version.transactionVersion,
  };
}

async function payIncentives(devnet: Devnet, dataset: Dataset, count: number): Promise<void> {
  const { netuid, neurons } = parseRecordedMetagraph(dataset.text("chain/metagraph.json"));
  const byUid = new Map(neurons.map(({ uid, incentive }) => [uid, incentive]));
  const values = Array.from({ length: count }, (_, uid) => u16(byUid.get(uid) ?? 0));
  const name = (text: string) => Twox128(new TextEncoder().encode(text));
  const key = toHex(concat(name("SubtensorModule"), name("Incentive"), u16(netuid)));
  devnet.setStorage([[key, concat(compactNumber.enc(count), ...values)]]);
  await devnet.jump(1);
}

/** Everybody at the uid of the data set; uids between belong to nobody. */
function neuronsOf({ seed, validator, miners }: Manifest): readonly GenesisNeuron[] {
  const known = new Map([validator, ...miners].map((neuron) => [neuron.uid, neuron]));
  return Array.from({ length: Math.max(...known.keys()) + 1 }, (_, uid): GenesisNeuron => {
    const neuron = known.get(uid);
    if (neuron === undefined)
      return { hotkey: nobody(seed, `hot/${uid}`), coldkey: nobody(seed, `cold/${uid}`) };
    const keys = { hotkey: accountOf(neuron.hotkey), coldkey: accountOf(neuron.coldkey) };
    return uid === validator.uid
      ? { ...keys, stakeRao: 10_000n * ONE_TAO, validatorPermit: true }
      : keys;
  });
}

const ownerOf = (seed: number) => ({
  hotkey: nobody(seed, "owner-hot"),
  coldkey: nobody(seed, "owner-cold"),
});
const nobody = (seed: number, name: string): Hex =>
  toHex(domainHash("neurond/gen-exports/nobody", `${seed}/${name}`));
const accountOf = (address: string): Hex => toHex(publicKeyOf(address as Hotkey));
