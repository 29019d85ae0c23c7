import { z } from "zod";
import { Address, RaoText, Share } from "../../result-schemas.ts";

const head = z.strictObject({
  number: z.number(),
  hash: z.string(),
});

/** Result of `neurond chain status`. */
export const ChainStatusShape = z.strictObject({
  network: z.string().describe("name of the network, unknown for an endpoint nobody named"),
  endpoint: z.string(),
  genesisHash: z.string(),
  specVersion: z.number(),
  best: head,
  finalized: head,
  chainMs: z.number().describe("time of the best block, ms since 1970"),
  clockSkewMs: z.number().describe("local clock minus chain time; up to a block time is normal"),
  clockSuspect: z.boolean().describe("the local clock is wrong, or the chain stands still"),
  blockTimeMs: z.number(),
  subnets: z.array(z.number()).describe("netuids"),
});

/** Result of `neurond chain block`. */
export const BlockShape = z.strictObject({
  ...head.shape,
  parentHash: z.string(),
  events: z.array(
    z.strictObject({
      pallet: z.string(),
      name: z.string(),
      extrinsic: z.number().nullable().describe("index; null for the chain's own work"),
      fields: z.json().describe("by name; big integers as text, bytes as hex"),
    }),
  ),
});

/** An announced axon, or null. */
export const AxonShape = z
  .strictObject({
    ip: z.string(),
    port: z.number(),
    protocol: z.number(),
    version: z.number(),
    block: z.number().describe("block of the announcement"),
  })
  .nullable();

/** Result of `neurond chain metagraph`. */
export const MetagraphShape = z.strictObject({
  netuid: z.number(),
  mecid: z.number(),
  block: z.number(),
  blockHash: z.string(),
  name: z.string(),
  symbol: z.string(),
  tempo: z.number().describe("blocks"),
  ownerHotkey: Address.nullable(),
  ownerColdkey: Address.nullable(),
  registeredAt: z.number().describe("block"),
  neurons: z.array(
    z.strictObject({
      uid: z.number(),
      hotkey: Address,
      coldkey: Address,
      blockAtRegistration: z.number(),
      active: z.boolean(),
      validatorPermit: z.boolean(),
      lastUpdate: z.number().describe("block of the last weights, 0 = never"),
      emissionRao: RaoText,
      incentive: Share,
      dividends: Share,
      consensus: Share,
      validatorTrust: Share,
      alphaStakeRao: RaoText,
      taoStakeRao: RaoText,
      totalStakeRao: RaoText,
      totalStakeTao: z.string().describe("the same, in TAO"),
      axon: AxonShape,
    }),
  ),
});

const number = z.number();
const flag = z.boolean();

/** Result of `neurond chain hyperparameters`; null = this runtime does not have it. */
export const HyperparametersShape = z.strictObject({
  netuid: number,
  tempo: number,
  kappa: number,
  rho: number.nullable(),
  immunityPeriod: number,
  minAllowedWeights: number,
  maxWeightsLimit: number,
  weightsVersion: z.string(),
  weightsRateLimit: number.describe("blocks"),
  activityCutoff: number.describe("blocks"),
  registrationAllowed: flag,
  targetRegistrationsPerInterval: number,
  maxRegistrationsPerBlock: number,
  minBurn: RaoText,
  maxBurn: RaoText,
  bondsMovingAverage: z.string(),
  servingRateLimit: number.describe("blocks"),
  maxValidators: number,
  commitRevealEnabled: flag,
  commitRevealPeriodEpochs: number,
  liquidAlphaEnabled: flag,
  alphaHigh: number,
  alphaLow: number,
  yumaVersion: number.nullable(),
  bondsResetEnabled: flag.nullable(),
  subnetIsActive: flag.nullable(),
  more: z.json().describe("what else the runtime lists, by its own names"),
});
