import type { HealthSettings } from "./settings.ts";

/** What checks say of a server: one answer against it is chance, several in a row are not. */
export interface Health {
  readonly well: boolean;
  /** Answers in a row that said otherwise. */
  readonly contrary: number;
}

/** A server is believed to be well until checks say that it is not. */
export const WELL: Health = { well: true, contrary: 0 };

/** The health after one more check. */
export function checked(health: Health, well: boolean, settings: HealthSettings): Health {
  if (well === health.well) return { well, contrary: 0 };
  const contrary = health.contrary + 1;
  const enough = well ? settings.healthyAfter : settings.unhealthyAfter;
  return contrary >= enough ? { well, contrary: 0 } : { well: health.well, contrary };
}

/** Pause until the next check; `random` is 0 to 1, so that many proxies do not ask at once. */
export function checkDelayMs(
  { intervalMs, jitterPercent }: Pick<HealthSettings, "intervalMs" | "jitterPercent">,
  random: number,
): number {
  return Math.max(1, Math.round(intervalMs * (1 + ((2 * random - 1) * jitterPercent) / 100)));
}
