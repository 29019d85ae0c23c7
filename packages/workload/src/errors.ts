/** Codes this package throws. What a miner does wrong is never one of them: it is an outcome. */
export type WorkloadCode = "CONFORMANCE_BROKEN" | "WORKLOAD_NAME_INVALID";
