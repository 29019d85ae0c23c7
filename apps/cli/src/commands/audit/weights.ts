import type { SetWeightsSection } from "@neurond/auditor/weights";
import type { Chain } from "@neurond/chain";
import type { Keypair } from "@neurond/crypto";
import { CodedError, hotkeyOf, toMecid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { describeSubmission, submissionExitCode } from "../../submission.ts";
import { SIGNER_OPTIONS, signerOf, WALLET_OPTIONS } from "../../wallet.ts";
import { auditOnce, MAX_HOURS, TARGET_OPTIONS } from "./audit-once.ts";
import { verifySettings } from "./verify-settings.ts";
import type { AuditWeightsShape } from "./weights-schema.ts";

type Result = z.infer<typeof AuditWeightsShape>;

/** `neurond audit weights` */
export const auditWeights = defineAction<Result>({
  name: "weights",
  summary: "work out weights from audited hours, and set them when nothing speaks against it",
  description:
    "Audits a week of one validator's exports, computes the vector and judges it: 160 of the last 168 hours verified, the newest at most three hours old, somebody earned something, less than half of the vector moves, and whatever the chain would refuse. Without --submit nothing is signed. Exits 1 when something speaks against it. The daemon apps/auditor does the same all the time (set_weights).",
  options: [
    { flags: "--submit", description: "sign and send; without it nothing is" },
    { flags: "--dry-run", description: "send nothing; this is the default" },
    { flags: "--allow-change", description: "set also a vector of which half or more moves" },
    ...TARGET_OPTIONS,
  ],
  shared: ["netuid", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  readsConfig: true,
  examples: [
    "neurond audit weights --dry-run --config config.yml -w validator",
    "neurond audit weights --submit --config config.yml -w validator",
  ],
  schema: async () => (await import("./weights-schema.ts")).AuditWeightsShape,
  run: async (call) => {
    if (call.on("submit") && call.on("dry-run")) {
      throw new CodedError<UsageCode>("USAGE", "give --submit or --dry-run, not both");
    }
    const settings = await verifySettings(call);
    const [target] = settings.targets;
    const { network, netuid } = settings;
    if (target === undefined || network === null) {
      const text = "weights need a chain: name one with --network or --chain-endpoint";
      throw new CodedError<UsageCode>("USAGE", text);
    }
    const weights = await import("@neurond/auditor/weights");
    const { hindranceLine, readPlan } = weights;
    const section = weights.SetWeightsSection.parse(settings.setWeights ?? {});
    const signer = await weightsSigner(call, section);
    const work = async (chain: Chain): Promise<Result> => {
      const own = hotkeyOf(signer.publicKey);
      const about = { target, hours: MAX_HOURS, chain };
      const { run, entries } = await auditOnce(call, settings, about, async ({ cycle }) => cycle);
      const head = { netuid, hotkey: own, validator: target.validator };
      if (run === null) {
        const reason = { code: "TOO_OLD", text: "no hour is verified" };
        return { ...head, asOf: null, weights: [], hindrances: [reason], submission: null };
      }
      const plan = await readPlan(
        {
          chain,
          netuid,
          mecid: toMecid(0),
          own,
          // This command remembers nothing: the last vector is the one on chain.
          history: { latest: async () => null },
          versionKey: section.version_key,
          allowsChange: call.on("allow-change") || section.allow_change,
          now: Date.now,
        },
        { run, entries },
        call.signal,
      );
      const isSent = call.on("submit") && plan.hindrances.length === 0;
      const { scores, scoredAt } = plan;
      const versionKey = BigInt(section.version_key);
      const sent = isSent
        ? await chain.submitWeights(
            signer,
            { netuid, scores, scoredAt, versionKey },
            { signal: call.signal },
          )
        : null;
      return {
        ...head,
        asOf: new Date(run.asOf / 1_000).toISOString(),
        weights: plan.vector.map(({ uid, value }) => ({ uid, value })),
        hindrances: plan.hindrances.map((one) => ({ code: one.code, text: hindranceLine(one) })),
        submission: sent?.submission ?? null,
      };
    };
    return withChain(call, work, network).finally(() => signer.wipe());
  },
  human: ({ weights, hindrances, submission, asOf }, view) =>
    [
      view.table(
        [
          { title: "uid", align: "right" },
          { title: "weight", align: "right" },
        ],
        weights.map(({ uid, value }) => [String(uid), String(value)]),
      ),
      ...hindrances.map(({ code, text }) => `not set: ${code}: ${text}`),
      submission === null
        ? `as of ${asOf ?? "no hour"}; nothing was sent`
        : describeSubmission(submission),
    ].join("\n"),
  exitCode: ({ hindrances, submission }) =>
    hindrances.length > 0 ? 1 : submission === null ? 0 : submissionExitCode(submission),
});

/** What a flag or the environment names, else what the config file has, with its warning. */
async function weightsSigner(call: Call, section: SetWeightsSection): Promise<Keypair> {
  const isNamed = [...WALLET_OPTIONS, "uri"].some((name) => call.given(name) !== undefined);
  if (isNamed || section.secret_seed === undefined) return signerOf(call, "hotkey");
  const { openWeightsSigner } = await import("@neurond/auditor/weights");
  const onWarning = ({ message }: { readonly message: string }) => call.note(`warning: ${message}`);
  return openWeightsSigner({ wallet: {}, section, env: call.env, onWarning });
}
