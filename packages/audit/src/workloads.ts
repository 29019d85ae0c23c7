import { auditedStorage } from "./storage.ts";
import type { AuditedWorkload } from "./workload.ts";

/** Everything an auditor judges again: the one list. */
export const auditedWorkloads = (): readonly AuditedWorkload[] => [auditedStorage()];
