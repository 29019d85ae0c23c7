import type { Pallet, RuntimeApi } from "./frame/pallet.ts";
import type { AnyItem } from "./frame/storage.ts";

export type ProfileName = "424" | "218" | "181";

/**
 * A runtime of the past, as clients see it: today's rules with what did not exist yet taken out
 * of metadata, calls and runtime APIs. Names are `Pallet`, `Pallet.call`, `Pallet.Item` or `Api.method`.
 */
export interface Profile {
  readonly specVersion: number;
  readonly without: ReadonlySet<string>;
}

const sm = (...names: string[]) => names.map((name) => `SubtensorModule.${name}`);

/** Before dynamic tempo, mechanisms, subnet tokens and timelocked commits of version 4. */
const before424 = [
  ...sm(
    "set_mechanism_weights",
    "commit_mechanism_weights",
    "reveal_mechanism_weights",
    "commit_timelocked_weights",
    "commit_timelocked_mechanism_weights",
    "commit_crv3_mechanism_weights",
    "set_tempo",
    "set_activity_cutoff_factor",
    "trigger_epoch",
    "register_limit",
    "SubnetEpochIndex",
    "LastEpochBlock",
    "PendingEpochAt",
    "MaxEpochsPerBlock",
    "ActivityCutoffFactorMilli",
    "LastMechansimStepBlock",
    "MechanismCountCurrent",
    "MaxMechanismCount",
    "MechanismEmissionSplit",
    "TimelockedWeightCommits",
    "CommitRevealWeightsVersion",
    "AlphaV2",
    "TotalHotkeySharesV2",
  ),
  "SubnetInfoRuntimeApi.get_mechagraph",
  "SubnetInfoRuntimeApi.get_all_mechagraphs",
  "SubnetInfoRuntimeApi.get_selective_mechagraph",
  "SubnetInfoRuntimeApi.get_subnet_hyperparams_v2",
  "SubnetInfoRuntimeApi.get_subnet_hyperparams_v3",
  "SubnetInfoRuntimeApi.get_next_epoch_start_block",
  "MevShield",
];

/** Before subnet tokens: no one-call metagraph, no shares of alpha. */
const beforeTokens = [
  ...before424,
  "SubnetInfoRuntimeApi.get_metagraph",
  "SubnetInfoRuntimeApi.get_all_metagraphs",
  "SubnetInfoRuntimeApi.get_selective_metagraph",
  "SubnetInfoRuntimeApi.get_dynamic_info",
  "SubnetInfoRuntimeApi.get_all_dynamic_info",
  "SubnetInfoRuntimeApi.get_subnet_state",
  ...sm(
    "TaoWeight",
    "SubnetOwnerHotkey",
    "SubnetTAO",
    "SubnetAlphaIn",
    "SubnetAlphaOut",
    "SubnetMovingPrice",
    "Alpha",
    "TotalHotkeyAlpha",
    "TotalHotkeyShares",
    "NeuronCertificates",
    "serve_axon_tls",
  ),
  "SwapRuntimeApi",
];

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  "424": { specVersion: 424, without: new Set() },
  "218": { specVersion: 218, without: new Set(beforeTokens) },
  "181": {
    specVersion: 181,
    without: new Set([
      ...beforeTokens,
      "Drand",
      ...sm("CRV3WeightCommits", "RevealPeriodEpochs", "AlphaValues", "LiquidAlphaOn"),
      "Commitments.RevealedCommitments",
      "Commitments.TimelockedIndex",
    ]),
  },
};

/** What a profile leaves of a pallet; nothing when the pallet did not exist. */
export function restrictPallet({ without }: Profile, pallet: Pallet): Pallet[] {
  if (without.has(pallet.name)) return [];
  const had = ({ name }: { readonly name: string }) => !without.has(`${pallet.name}.${name}`);
  return [
    {
      ...pallet,
      storage: pallet.storage.filter((item: AnyItem) => had(item)),
      calls: pallet.calls.filter(had),
    },
  ];
}

/** What a profile leaves of a runtime API. */
export function restrictApi({ without }: Profile, api: RuntimeApi): RuntimeApi[] {
  if (without.has(api.name)) return [];
  const methods = api.methods.filter(({ name }) => !without.has(`${api.name}.${name}`));
  return [{ ...api, methods }];
}
