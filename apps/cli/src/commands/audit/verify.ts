import type { Chain } from "@neurond/chain";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import { auditOnce, MAX_HOURS, TARGET_OPTIONS } from "./audit-once.ts";
import type { AuditVerifyShape } from "./schemas.ts";
import { describeCycle, verdictOn } from "./verify-result.ts";
import { verifySettings } from "./verify-settings.ts";
import { humanVerify } from "./verify-view.ts";

type Result = z.infer<typeof AuditVerifyShape>;

/** `neurond audit verify` */
export const auditVerify = defineAction<Result>({
  name: "verify",
  summary: "audit a validator's exports: digests against the chain, scores against pay",
  description:
    "Fetches the reports of the last hours from the validator's API, or reads them from a folder, looks every digest up on chain, loads what is verified, computes the incentives by the validator's own rules and compares them with the metagraph, its weight row and the scores it publishes; runs of a validator of this software are recomputed from their exported rows. Keeps nothing. Exits 0 when all is clean, 1 when something is wrong, 5 when hours are missing or could not be checked, 2 or 3 when it cannot run. A config.yml of the older auditor is taken as it is. The daemon apps/auditor does the same for every hour.",
  options: [
    { flags: "--hours <count>", description: "so many hours before the newest (default: 24)" },
    ...TARGET_OPTIONS,
    { flags: "--skip-miners", description: "leave the miners' own reports out" },
    { flags: "--miner-agreement", description: "compare the miners' counters with the exports" },
  ],
  shared: ["netuid", ...CHAIN_OPTIONS],
  readsConfig: true,
  examples: [
    "neurond audit verify --hours 24 --json",
    "neurond audit verify --config config.yml --hours 168 --miner-agreement",
    "neurond audit verify --folder week --hours 168",
  ],
  schema: async () => (await import("./schemas.ts")).AuditVerifyShape,
  run: async (call) => {
    const hours = call.integer("hours", { min: 1, max: MAX_HOURS }) ?? 24;
    const settings = await verifySettings(call);
    const { netuid, network, targets } = settings;
    const miners = {
      skips: call.on("skip-miners") || call.env["SKIP_MINER_AUDITS"] === "true",
      compares: call.on("miner-agreement") || call.env["CALCULATE_MINER_AGREEMENT"] === "true",
    };
    const work = async (chain: Chain | null): Promise<Result> => {
      const validators: Result["validators"] = [];
      for (const target of targets) {
        const { name } = target;
        validators.push(
          await auditOnce(call, settings, { target, hours, chain, miners }, ({ cycle, source }) =>
            describeCycle(name, source, hours, cycle),
          ),
        );
      }
      return { verdict: verdictOn(validators), netuid, validators };
    };
    return network === null ? await work(null) : await withChain(call, work, network);
  },
  human: humanVerify,
  exitCode: ({ verdict }) => (({ clean: 0, findings: 1, incomplete: 5 }) as const)[verdict],
});
