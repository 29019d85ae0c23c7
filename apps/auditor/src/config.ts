import { RunConfig } from "@neurond/audit";
import {
  ReconcileSection,
  ScoringSection,
  ValidatorsSetting,
  VerifySection,
} from "@neurond/ingest";
import {
  ChainSection,
  databaseSection,
  httpSection,
  LogSection,
  netuidSetting,
  WalletSection,
  WatchdogSection,
} from "@neurond/runtime";
import { AlertsSection } from "@neurond/webhooks";
import { z } from "zod";
import { ExportsSection } from "./exports/section.ts";
import { StatementsSection } from "./statements/section.ts";
import { SyntheticsSection } from "./synthetics/section.ts";
import { SetWeightsSection } from "./weights/section.ts";

const MIB = 1_048_576;

const count = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const bytes = (fallback: number, text: string) =>
  z
    .int()
    .min(1)
    .max(2 ** 40)
    .default(fallback)
    .describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().max(1_000_000).default(fallback).describe(text);

/** Everything an auditor can be told; defaults suit a public network. */
export const Config = z.strictObject({
  netuid: netuidSetting("Subnet to audit"),
  chain: ChainSection.extend({
    endpoint: ChainSection.shape.endpoint.describe(
      "Websocket endpoint; wins over the network. Use an archive node for old runs",
    ),
  }).prefault({}),
  wallet: WalletSection.extend({
    name: WalletSection.shape.name.describe(
      "Wallet whose hotkey signs findings; unsigned when absent",
    ),
  }).prefault({}),
  http: httpSection({ host: "127.0.0.1", port: 8094, requestsPerMinute: 600 }).prefault({}),
  validators: ValidatorsSetting.default([]),
  exports: ExportsSection.prefault({}),
  scoring: ScoringSection.prefault({}),
  verify: VerifySection.prefault({}),
  reconcile: ReconcileSection.prefault({}),
  database: databaseSection("auditor").prefault({}),
  synthetics: SyntheticsSection.prefault({}),
  set_weights: SetWeightsSection.prefault({}),
  statements: StatementsSection.prefault({}),
  alerts: AlertsSection.prefault({}),
  run: RunConfig.prefault({}),
  audit: z
    .strictObject({
      runs: z
        .boolean()
        .default(true)
        .describe("Whether runs of validators of this software are audited"),
      directory: z
        .string()
        .min(1)
        .default("data/auditor")
        .describe("Where audited runs and evidence files are kept"),
      marginBlocks: count(20, "After weights may be set: when a run is looked at first"),
      lookAgainBlocks: count(20, "Until a run is looked at again whose weights were still open"),
      catchUpRuns: count(5, "Runs that are made up for after a pause; older ones are skipped"),
      historyRuns: count(20, "Earlier runs whose rates of offline miners count"),
    })
    .prefault({}),
  fetch: z
    .strictObject({
      timeoutSeconds: seconds(10, "A validator must have answered a request within"),
      validatorsAtOnce: count(4, "Validators that are looked at in parallel"),
      bodiesAtOnce: count(8, "Answers that are fetched from one validator in parallel"),
      copies: z
        .int()
        .min(0)
        .max(16)
        .default(2)
        .describe("Peers that are asked for their copy of each report"),
      maxLogBytes: bytes(256 * MIB, "A run's record that is longer is not read"),
      maxBodyBytes: bytes(20 * MIB, "A miner's answer that is longer is not read"),
      maxTotalBytes: bytes(256 * MIB, "Answers of one validator and run that are read in all"),
      beacons: z
        .array(z.url({ protocol: /^https?$/ }))
        .max(8)
        .default(["https://api.drand.sh"])
        .describe("Where drand rounds are asked for that the chain does not have"),
      allowPrivate: z
        .boolean()
        .default(false)
        .describe("Whether axons at loopback and private addresses are asked"),
    })
    .prefault({}),
  watchdog: WatchdogSection.prefault({}),
  log: LogSection.prefault({}),
});
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "NEUROND_AUDITOR";
