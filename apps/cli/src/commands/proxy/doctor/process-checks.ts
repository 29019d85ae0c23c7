import { AUTH_ERRORS, type AuthCode } from "@neurond/epistula";
import { type Config, REVERSE_PROXY_ERRORS } from "@neurond/reverse-proxy";
import { fail, ok, unasked, warn } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";
import { parseSamples, type Sample } from "./samples.ts";

const TIMEOUT_MS = 3_000;
const OF_PROCESS = ["process", "snapshot", "offset", "refusals"] as const;
/** A third of what signatures may be off: beyond, a busy day is enough to lose requests. */
const OFFSET_SHARE = 3;
const SHOWN = 5;

/** What a running proxy says of itself on the listener of its operator. */
export async function checkProcess(config: Config): Promise<readonly ProxyCheck[]> {
  const { enabled, listen } = config.metrics;
  if (!enabled) return OF_PROCESS.map((name) => unasked(name, "metrics.enabled is off"));
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  const origin = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${listen.port}`;
  const [ready, metrics] = await Promise.all([read(origin, "/readyz"), read(origin, "/metrics")]);
  if (ready === null || metrics === null) {
    const remedy = "start it (npm run reverse-proxy-run), or correct metrics.listen; see its log";
    const down = fail("process", `no proxy answers at ${origin}`, remedy);
    return [down, ...OF_PROCESS.slice(1).map((name) => unasked(name, "no proxy runs"))];
  }
  const samples = parseSamples(metrics.text);
  return [
    describeReadiness(ready),
    ...describeSnapshots(samples, config),
    describeOffset(samples, config),
    ...describeRefusals(samples),
  ];
}

interface Read {
  readonly status: number;
  readonly text: string;
}

async function read(origin: string, path: string): Promise<Read | null> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new URL(path, origin), { signal, redirect: "error" });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

function describeReadiness({ status, text }: Read): ProxyCheck {
  if (status === 200) return ok("process", "the proxy runs and is ready");
  const remedy =
    "mend what it names: upstreams are servers, subnets the chain; draining ends itself";
  return fail("process", `the proxy is not ready: ${text.slice(0, 300)}`, remedy);
}

function describeSnapshots(samples: readonly Sample[], { policy }: Config): readonly ProxyCheck[] {
  const ages = samples.filter(({ name }) => name === "neuron_proxy_metagraph_age_seconds");
  if (ages.length === 0) return [ok("snapshot", "no subnet is followed: callers are named")];
  return ages.map(({ labels, value }) => {
    const whose = `the view of subnet ${labels["netuid"]}`;
    if (value <= policy.maxAgeSec) return ok("snapshot", `${whose} is ${Math.round(value)} s old`);
    const remedy = "see that auth.chain_endpoint answers; until then no validator is let in";
    const age = Number.isFinite(value) ? `is ${Math.round(value)} s old` : "was never read";
    return fail("snapshot", `${whose} ${age}, of ${policy.maxAgeSec} allowed`, remedy);
  });
}

function describeOffset(samples: readonly Sample[], { auth }: Config): ProxyCheck {
  const value = samples.find(({ name }) => name === "neuron_proxy_clock_offset_ms")?.value ?? 0;
  const text = `callers sign ${Math.abs(Math.round(value))} ms ${value > 0 ? "ahead of" : "behind"} our clock`;
  const isFar =
    value > auth.maxSkewMs / OFFSET_SHARE || -value > auth.allowed_delta_ms / OFFSET_SHARE;
  if (!isFar) return ok("offset", text);
  return warn("offset", text, "synchronise the clock (NTP): they cannot all be wrong");
}

/** Each code with what it means: the counters of callers that were not let in. */
function describeRefusals(samples: readonly Sample[]): readonly ProxyCheck[] {
  const served = total(samples, "neuron_proxy_requests_total", ({ code }) =>
    /^[23]/.test(code ?? ""),
  );
  const refused = samples
    .filter(({ name, value }) => name === "neuron_proxy_auth_failures_total" && value > 0)
    .toSorted((a, b) => b.value - a.value);
  if (refused.length === 0)
    return [ok("refusals", `nobody was refused, ${served} requests were served`)];
  return refused.slice(0, SHOWN).map(({ labels, value }) => {
    const code = labels["code"] ?? "";
    if (code === "MISSING_AUTHORIZATION") {
      const who = "scanners and browsers do that all day";
      return ok("refusals", `${value} x ${code}, ${served} served: unsigned, as ${who}`);
    }
    const { cause, remedy } = meaningOf(code);
    return warn("refusals", `${value} x ${code}, ${served} served: ${cause}`, remedy);
  });
}

function total(
  samples: readonly Sample[],
  name: string,
  counts: (labels: Sample["labels"]) => boolean,
): number {
  const counted = samples.filter((sample) => sample.name === name && counts(sample.labels));
  return counted.reduce((sum, { value }) => sum + value, 0);
}

/** Seen from here the remedy for the commonest is not the caller's. */
const OURS: Partial<Readonly<Record<AuthCode, string>>> = {
  WRONG_RECEIVER:
    "somebody calls another miner here: compare auth.miner_hotkey with what is on chain",
  STALE: "compare clocks (checks clock and offset); if ours is right, theirs is wrong",
  FUTURE: "compare clocks (checks clock and offset); if ours is right, theirs is wrong",
  SENDER_NOT_ALLOWED: "if it should call, name it in auth.allowed_senders",
  NOT_REGISTERED: "if it should call, name it in auth.allowed_senders",
  NO_PERMIT: "if it should call, name it in auth.allowed_senders, or unset policy.requirePermit",
  LOW_STAKE: "if it should call, lower policy.minStake or name it in auth.allowed_senders",
  METAGRAPH_UNAVAILABLE: "see checks chain and snapshot: without a view nobody is let in",
  REPLAY: "a request came twice: two proxies behind one balancer must share redis.url",
};

function meaningOf(code: string): { readonly cause: string; readonly remedy: string } {
  const known: Readonly<Record<string, { readonly cause: string; readonly remedy: string }>> = {
    ...REVERSE_PROXY_ERRORS,
    ...AUTH_ERRORS,
  };
  const ours: Readonly<Record<string, string>> = OURS;
  const { cause, remedy } = known[code] ?? {
    cause: "unknown to this doctor",
    remedy: "read the log",
  };
  return { cause, remedy: ours[code] ?? remedy };
}
