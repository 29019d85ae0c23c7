import type { ClockOffsets } from "./clock-offsets.ts";
import type { Edge } from "./edge/listen-edge.ts";
import type { ProxyMetrics } from "./metrics.ts";
import type { ServiceState } from "./service-state.ts";
import type { Shared } from "./shared.ts";
import type { Subnets } from "./subnets.ts";

/** What gauges ask. */
export interface Watched {
  readonly edge: Pick<Edge, "connections">;
  readonly shared: Pick<Shared, "budget">;
  readonly offsets: ClockOffsets;
  readonly subnets: Pick<Subnets, "ages">;
  readonly state: ServiceState;
}

/** Tells gauges whom to ask: what is cheaper to ask than to keep. */
export function watchGauges(metrics: ProxyMetrics, watched: Watched): void {
  const { edge, shared, offsets, subnets, state } = watched;
  metrics.clockOffset(() => offsets.median());
  metrics.inflightBytes(() => shared.budget.heldBytes);
  metrics.connections(() => edge.connections);
  metrics.metagraphAge(() => subnets.ages());
  metrics.draining(() => (state.isStopping ? 1 : 0));
}
