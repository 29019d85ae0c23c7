import { PROXIES } from "./cast.ts";
import { readMetrics, sum } from "./read-metrics.ts";
import type { DoorView } from "./view.ts";

/** What each proxy has counted, as its operator reads it; zeros while it is away. */
export function readDoors(
  operatorOf: (proxy: string) => URL,
  signal: AbortSignal,
): Promise<readonly DoorView[]> {
  return Promise.all(
    PROXIES.map(async (player) => {
      const text = await readMetrics(operatorOf(player.name), signal);
      return {
        player,
        served: sum(text, /^neuron_proxy_requests_total\{.*code="[23]\d\d".*\} (\d+)$/gm),
        refused: sum(text, /^neuron_proxy_auth_failures_total\{.*\} (\d+)$/gm),
      };
    }),
  );
}
