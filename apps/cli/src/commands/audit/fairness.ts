import type { Chain } from "@neurond/chain";
import type { FairnessAccount } from "@neurond/fairness";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import { auditOnce, MAX_HOURS, TARGET_OPTIONS } from "./audit-once.ts";
import type { AuditFairnessShape } from "./fairness-schema.ts";
import { verifySettings } from "./verify-settings.ts";

type Result = z.infer<typeof AuditFairnessShape>;
type Validator = Result["validators"][number];

/** `neurond audit fairness` */
export const auditFairness = defineAction<Result>({
  name: "fairness",
  summary: "test whether a validator treats miners alike, by its own verified exports",
  description:
    "Request share of each instance against a fair balancer's (chi-square), favoured owners, error rates, clusters of bounties, self-deletions, multipliers unlike their peers, private work for oneself. What is remarkable is a reason to look, not a proof; the exit code is 0.",
  options: [
    { flags: "--hours <count>", description: "so many hours before the newest (default: 168)" },
    ...TARGET_OPTIONS,
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  readsConfig: true,
  examples: [
    "neurond audit fairness --folder week",
    "neurond audit fairness --config config.yml --hours 24 --json",
  ],
  schema: async () => (await import("./fairness-schema.ts")).AuditFairnessShape,
  run: async (call) => {
    const hours = call.integer("hours", { min: 1, max: MAX_HOURS }) ?? 168;
    const settings = await verifySettings(call);
    const { fairnessOf } = await import("@neurond/fairness");
    const work = async (chain: Chain | null): Promise<Result> => {
      const validators: Validator[] = [];
      for (const target of settings.targets) {
        const about = { target, hours, chain };
        const found = await auditOnce(call, settings, about, async (audited) => {
          const { run } = audited.cycle;
          if (run === null) return null;
          const { members } = await audited.readSubnet(target.validator, call.signal);
          const owners = new Map(members.map(({ hotkey, coldkey }) => [hotkey, coldkey]));
          return fairnessOf(audited.warehouse, { asOf: run.asOf, hours, owners });
        });
        validators.push({ hotkey: target.validator, name: target.name, account: described(found) });
      }
      return { validators };
    };
    const { network } = settings;
    return network === null ? await work(null) : await withChain(call, work, network);
  },
  human: ({ validators }, view) =>
    validators
      .map(({ name, account }) => {
        if (account === null) return `${name}: no hour is verified`;
        const rows = remarkable(account);
        const counted = `${name}: ${account.requests} requests up to ${account.asOf}`;
        if (rows.length === 0) return `${counted}; nothing is remarkable`;
        const columns = [{ title: "test" }, { title: "whom" }, { title: "what" }];
        return `${counted}\n\n${view.table(columns, rows)}`;
      })
      .join("\n\n"),
});

/** Whole numbers of microseconds as text, all else as it was computed. */
function described(account: FairnessAccount | null): Validator["account"] {
  if (account === null) return null;
  const { asOf, ...rest } = account;
  return {
    asOf: new Date(asOf / 1_000).toISOString(),
    requests: rest.requests,
    chutes: rest.chutes.map(
      ({ instances, chuteId, requests, statistic, degrees, pValue, effect, isRemarkable }) => ({
        chuteId,
        requests,
        statistic,
        degrees,
        pValue,
        effect,
        isRemarkable,
        instances: instances.map((share) => ({ ...share })),
      }),
    ),
    owners: rest.owners.map((row) => ({ ...row })),
    errors: rest.errors.map((row) => ({ ...row })),
    bounties: rest.bounties.map((row) => ({ ...row })),
    selfDeletions: rest.selfDeletions.map((row) => ({ ...row })),
    multipliers: rest.multipliers.map(
      ({ instanceId, chuteId, hotkey, stated, reference, ratio }) => ({
        instanceId,
        chuteId,
        hotkey,
        stated,
        reference,
        ratio,
      }),
    ),
    privateWork: rest.privateWork.map((row) => ({ ...row })),
  };
}

function remarkable(account: NonNullable<Validator["account"]>): readonly (readonly string[])[] {
  const rate = ({ hits, trials, expected }: { hits: number; trials: number; expected: number }) =>
    `${hits} of ${trials}, ${expected.toFixed(1)} expected`;
  return [
    ...account.chutes
      .filter(({ isRemarkable }) => isRemarkable)
      .map(({ chuteId, effect, requests }) => [
        "requests over instances",
        chuteId,
        `${requests} requests, effect ${effect.toFixed(2)}`,
      ]),
    ...account.owners
      .filter(({ isRemarkable }) => isRemarkable)
      .map(({ coldkey, observed, expected }) => [
        "favoured owner",
        coldkey,
        `${observed} requests, ${expected.toFixed(0)} expected`,
      ]),
    ...(["errors", "bounties", "selfDeletions"] as const).flatMap((test) =>
      account[test]
        .filter(({ isRemarkable }) => isRemarkable)
        .map((row) => [test, row.coldkey, rate(row)]),
    ),
    ...account.multipliers.map(({ instanceId, stated, reference }) => [
      "multiplier",
      instanceId,
      `${stated}, peers have ${reference}`,
    ]),
    ...account.privateWork.map(({ coldkey, billedTo, seconds, tie }) => [
      "private work",
      coldkey,
      `${seconds} s for ${billedTo} (${tie})`,
    ]),
  ];
}
