import { PROXIES } from "./cast.ts";
import type { DoorView } from "./view.ts";

/** A proxy on a busy machine answers within this, or is looked at another time. */
const TIMEOUT_MS = 1_000;
const MAX_CHARACTERS = 1_048_576;

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

async function readMetrics(operator: URL, signal: AbortSignal): Promise<string> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(new URL("/metrics", operator), { signal: limited });
    return (await response.text()).slice(0, MAX_CHARACTERS);
  } catch {
    signal.throwIfAborted();
    return "";
  }
}

function sum(text: string, pattern: RegExp): number {
  return text.matchAll(pattern).reduce((total, [, count]) => total + Number(count), 0);
}
