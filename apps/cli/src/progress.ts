import type { Sink } from "./environment.ts";

const PATIENCE_MS = 1000;
const REFRESH_MS = 250;

/** Where progress is shown: a terminal, unless the run is quiet. */
export interface ProgressOptions {
  readonly stderr: Sink;
  readonly quiet: boolean;
  /** Whether the person is being asked something, on the line that progress would take. */
  readonly isAsking?: () => boolean;
}

/** Shows what is being waited for, and for how long, once it has taken a second; leaves no trace after. */
export async function withProgress<Value>(
  label: string | (() => string),
  work: Promise<Value>,
  { stderr, quiet, isAsking = () => false }: ProgressOptions,
): Promise<Value> {
  if (quiet || stderr.isTTY !== true) return work;
  const start = Date.now();
  let shown = false;
  const draw = () => {
    const elapsedMs = Date.now() - start;
    if (elapsedMs < PATIENCE_MS || isAsking()) return;
    shown = true;
    // A terminal that does not know its width says 0.
    const name = typeof label === "string" ? label : label();
    const text = `${name} … ${Math.floor(elapsedMs / 1000)} s`;
    stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, REFRESH_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (shown) stderr.write("\r\u001b[K");
  }
}
