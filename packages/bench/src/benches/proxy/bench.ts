import { defineBench, type Row } from "../../bench.ts";
import { median } from "../../statistics.ts";
import type { Wish } from "./drive.ts";
import { hasFastapi, startFastapi } from "./fastapi.ts";
import type { Load } from "./load.ts";
import { hasNginx, startNginx } from "./nginx.ts";
import { OTHER_CORE, Pinned, SERVER_CORE } from "./pinned.ts";
import { RECEIVER, SENDER } from "./signer.ts";

const WINDOW_MS = 2_000;
const WARM_UP_MS = 5_000;
const RUNS = 3;
/** More than any proxy here checks in a window. */
const SIGNATURES = 24_000;
const UPLOAD_BYTES = 50_000_000;
const STREAMS = 10_000;

/** The public door under load: beside nginx and the least proxy that Node can be. */
export const proxy = defineBench({
  name: "proxy",
  rows: async (resources) => {
    const rig = await openRig(resources);
    return [...passRows(rig), ...signedRows(rig), ...streamRows(rig), ...abuseRows(rig)];
  },
});

type Rig = Awaited<ReturnType<typeof openRig>>;

async function openRig(resources: AsyncDisposableStack) {
  const start = async (core: number, script: string, argument: object = {}) => {
    const { pinned, ready } = await Pinned.node(core, script, argument);
    resources.use(pinned);
    return { pinned, port: Number(ready) };
  };
  const backend = await start(OTHER_CORE, "./serve-backend.ts");
  const clients = await start(OTHER_CORE, "./drive.ts");
  const who = { backend: backend.port, receiver: RECEIVER, sender: SENDER, verifyWorkers: 1 };
  const ours = await start(SERVER_CORE, "./serve-proxy.ts", who);
  const plain = await start(SERVER_CORE, "./serve-plain.ts", { backend: backend.port });
  if (!hasNginx) process.stderr.write("bench: nginx is not installed: no comparison with it\n");
  const nginx = hasNginx ? await startNginx(backend.port, resources) : null;
  if (!hasFastapi) {
    process.stderr.write(
      "bench: python3 has no fastapi, httpx, uvicorn: no comparison with them\n",
    );
  }
  const fastapi = hasFastapi ? await startFastapi(backend.port, resources) : null;
  const ask = (wish: Wish) => clients.pinned.ask(wish);
  // Until the compiler has seen what is hot, the first row would measure the compiler.
  for (const { port } of [ours, plain]) await ask({ kind: "open", port, durationMs: WARM_UP_MS });
  return { backend, ours, plain, nginx, fastapi, ask };
}

async function loadOf(rig: Rig, wish: Wish): Promise<Load> {
  const result = (await rig.ask(wish)) as Load;
  if (result.wrong > 0) throw new Error(`${result.wrong} answers were not as expected`);
  return result;
}

function passRows(rig: Rig): Row[] {
  const rate = async (port: number) =>
    (await loadOf(rig, { kind: "open", port, durationMs: WINDOW_MS })).perSecond;
  const pass = {
    unit: "1/s",
    better: "higher",
    runs: RUNS,
    measure: () => rate(rig.ours.port),
  } as const;
  const { nginx, fastapi } = rig;
  const ofNginx: Row[] =
    nginx === null
      ? []
      : [
          {
            ...pass,
            metric: "proxy.json.pass_of_nginx",
            unit: "x",
            target: 0.5,
            measure: async () => (await rate(rig.ours.port)) / (await rate(nginx)),
          },
          {
            ...pass,
            metric: "proxy.json.pass",
            target: null,
            reference: { name: "nginx", measure: () => rate(nginx) },
          },
        ];
  const ofFastapi: Row[] =
    fastapi === null
      ? []
      : [
          {
            ...pass,
            metric: "proxy.json.pass_of_fastapi",
            unit: "x",
            target: 5,
            measure: async () => (await rate(rig.ours.port)) / (await rate(fastapi)),
          },
        ];
  const plain = { name: "node:http + undici", measure: () => rate(rig.plain.port) };
  return [
    ...ofNginx,
    ...ofFastapi,
    { ...pass, metric: "proxy.json.pass_beside_plain", target: null, reference: plain },
  ];
}

/** Sends signed requests for a window and keeps what it cost the proxy. */
function signedRows(rig: Rig): Row[] {
  const costs = { main: [] as number[], others: [] as number[], p99: [] as number[] };
  const window = async () => {
    const before = await rig.ours.pinned.cpuMs();
    const wish = {
      kind: "signed",
      port: rig.ours.port,
      durationMs: WINDOW_MS,
      signatures: SIGNATURES,
    } as const;
    const result = await loadOf(rig, wish);
    const after = await rig.ours.pinned.cpuMs();
    costs.main.push((after.main - before.main) / result.count);
    costs.others.push((after.others - before.others) / result.count);
    costs.p99.push(result.p99Ms);
    return result.perSecond;
  };
  const kept = (values: number[]) => () => median(values.length > 1 ? values.slice(1) : values);
  const once = { runs: 1 } as const;
  return [
    {
      metric: "proxy.json.signed",
      unit: "1/s",
      better: "higher",
      target: 4_500,
      measure: window,
      runs: RUNS,
    },
    {
      metric: "proxy.json.signed_p99",
      unit: "ms",
      better: "lower",
      target: 30,
      measure: kept(costs.p99),
      ...once,
    },
    {
      metric: "proxy.json.signed_cpu_main",
      unit: "ms/request",
      better: "lower",
      target: null,
      measure: kept(costs.main),
      ...once,
    },
    {
      metric: "proxy.json.signed_cpu_others",
      unit: "ms/request",
      better: "lower",
      target: null,
      measure: kept(costs.others),
      ...once,
    },
    {
      // Derived, since this needs the core that the clients have: what the busier core allows.
      metric: "proxy.json.signed_two_cores_derived",
      unit: "1/s",
      better: "higher",
      target: 8_000,
      measure: () => 2_000 / (kept(costs.main)() + kept(costs.others)()),
      ...once,
    },
  ];
}

function streamRows(rig: Rig): Row[] {
  const first = async (port: number) =>
    Number(await rig.ask({ kind: "first-event", port, repeat: 200 }));
  return [
    {
      metric: "proxy.events.first_added",
      unit: "ms",
      better: "lower",
      target: 5,
      runs: RUNS,
      measure: async () => (await first(rig.ours.port)) - (await first(rig.backend.port)),
    },
    {
      metric: "proxy.events.idle_memory",
      unit: "MB",
      better: "lower",
      target: 600,
      runs: 1,
      measure: () => idleMemory(rig),
    },
  ];
}

/** Resident memory with 10,000 streams that are silent; scaled where fewer files may be open. */
async function idleMemory({ ours, ask }: Rig): Promise<number> {
  const possible = Math.min(STREAMS, Math.floor((openFiles() - 500) / 2));
  await ours.pinned.ask({});
  const { now: base } = await ours.pinned.memory();
  await ask({ kind: "hold", port: ours.port, streams: possible });
  await ours.pinned.ask({});
  const { now: full } = await ours.pinned.memory();
  await ask({ kind: "hold", port: ours.port, streams: 0 });
  if (possible < STREAMS) {
    process.stderr.write(
      `bench: ${possible} streams held, scaled to ${STREAMS}: ulimit -n is too low\n`,
    );
  }
  return base + ((full - base) * STREAMS) / possible;
}

function openFiles(): number {
  const report = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  const soft = Number(report.userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? 1_000_000 : soft;
}

function abuseRows(rig: Rig): Row[] {
  return [
    {
      metric: "proxy.upload.bad_signature_memory",
      unit: "MB",
      better: "lower",
      target: 8,
      runs: RUNS,
      measure: () => uploadMemory(rig),
    },
    {
      metric: "proxy.flood.p99_of_baseline",
      unit: "x",
      better: "lower",
      target: 2,
      runs: RUNS,
      measure: async () => {
        const window = (badPerSecond: number) =>
          loadOf(rig, { kind: "flood", port: rig.ours.port, durationMs: WINDOW_MS, badPerSecond });
        const quiet = await window(0);
        const flooded = await window(1_000);
        return flooded.p99Ms / quiet.p99Ms;
      },
    },
  ];
}

/** By how much memory rises, at its highest, over a 50 MB upload whose signature is for other bytes. */
async function uploadMemory({ ours, backend, ask }: Rig): Promise<number> {
  const seen = await backend.pinned.ask({});
  await ours.pinned.forgetPeak();
  const { now } = await ours.pinned.memory();
  const line = await ask({ kind: "upload", port: ours.port, bytes: UPLOAD_BYTES });
  const { peak } = await ours.pinned.memory();
  if (!String(line).includes(" 401 ")) throw new Error(`a bad signature was answered ${line}`);
  if ((await backend.pinned.ask({})) !== seen) throw new Error("some of it reached the backend");
  return peak - now;
}
