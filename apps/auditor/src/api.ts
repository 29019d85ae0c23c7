import type { Evidence } from "@neurond/audit";
import { indexOfRun } from "@neurond/audit";
import type { AuditStore, KeptFinding, KeptRun } from "@neurond/audit/io";
import { type BlockNumber, CodedError, type Hotkey, type Netuid } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { AuditorCode } from "./errors.ts";

/** What serving findings needs. */
export interface ApiDeps {
  readonly netuid: Netuid;
  /** Null when findings are not signed. */
  readonly hotkey: Hotkey | null;
  readonly version: string;
  readonly store: AuditStore;
  readonly head: () => BlockNumber;
}

const limit = z.coerce.number().int().min(1).max(500).default(100);

/** Serves what was found, read-only. Each finding is the whole evidence file. */
export function serveFindings(app: App, { netuid, hotkey, version, store, head }: ApiDeps): void {
  const schema = (summary: string) => ({ summary, querystring: z.object({ limit }) });
  app.get(
    "/v1/status",
    { schema: { summary: "Who audits what, and how far it came" } },
    async () => {
      const [latest] = await store.latestRuns(1);
      return { netuid, hotkey, version, block: head(), run: latest?.statement.run_id ?? null };
    },
  );
  app.get("/v1/findings", { schema: schema("Findings, newest run first") }, async (request) => {
    const findings = await store.latestFindings(request.query.limit);
    return { findings: findings.map(summarise) };
  });
  app.get(
    "/v1/findings/:name",
    {
      schema: {
        summary: "The evidence file of a finding; check it with `neurond audit check`",
        params: z.object({ name: z.string().max(160) }),
      },
    },
    async (request): Promise<Evidence> => {
      const found = await store.readFinding(request.params.name);
      if (found !== null) return found.evidence;
      throw new CodedError<AuditorCode>("FINDING_UNKNOWN", "no finding has this name");
    },
  );
  app.get("/v1/runs", { schema: schema("Audited runs, newest first") }, async (request) => {
    const runs = await store.latestRuns(request.query.limit);
    return { runs: runs.map(describe) };
  });
  app.get(
    "/v1/runs/:run_id",
    { schema: { summary: "One audited run", params: z.object({ run_id: z.string().max(47) }) } },
    async (request) => {
      const { run_id } = request.params;
      const index = indexOfRun(run_id);
      const run = index === null ? null : await store.readRun(index);
      if (run !== null) return describe(run);
      throw new CodedError<AuditorCode>("RUN_UNKNOWN", `no audit of ${run_id} is held here`);
    },
  );
}

/** A run as it is served: the signed statement, and where its findings are. */
function describe({ statement, isPending, auditedMs, findings }: KeptRun) {
  return { statement, pending: isPending, audited_at: new Date(auditedMs).toISOString(), findings };
}

/** A finding in a list: without its claim, which may be long. */
function summarise({ name, evidence }: KeptFinding) {
  const { claim: _, ...rest } = evidence;
  return { name, ...rest };
}
