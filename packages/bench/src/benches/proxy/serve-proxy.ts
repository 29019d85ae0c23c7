// The proxy as it is run, in front of the bench's backend; access log off, as on the others.
import { Config, settingsOf, startProxy } from "@neurond/reverse-proxy";
import { createLogger } from "@neurond/runtime";

// Whoever started this is gone.
process.once("disconnect", () => process.exit());

const { backend, receiver, sender, verifyWorkers } = JSON.parse(process.argv[2] ?? "{}");
const many = 1_000_000;
const wide = { base: many * 100, perDecade: 0 };
const work = { methods: ["GET", "POST"], upstream: "backend" };

const config = Config.parse({
  server: {
    host: "127.0.0.1",
    port: 0,
    accessLog: false,
    maxConnections: many,
    maxConnectionsPerIp: many,
  },
  auth: {
    miner_hotkey: [receiver],
    allowed_senders: [sender],
    allowed_delta_ms: 600_000,
    verifyWorkers,
  },
  upstreams: {
    backend: {
      urls: [`http://127.0.0.1:${backend}`],
      maxConcurrent: many / 10,
      maxConcurrentPerServer: many / 10,
    },
  },
  routes: [
    { match: "/json", ...work },
    { match: "/open/*", ...work, auth: "none" },
  ],
  limits: { ipPerMinute: 0, provenIpPerMinute: 0, backoffAfter: 0, hotkey: wide, coldkey: wide },
  metrics: { enabled: false },
});

const proxy = await startProxy({
  settings: settingsOf(config),
  readSubnet: () => Promise.reject(new Error("no chain in a bench")),
  redis: null,
  post: () => Promise.reject(new Error("no telemetry in a bench")),
  version: "bench",
  log: createLogger("reverse-proxy", "error"),
});
process.on("message", () => {
  globalThis.gc?.();
  process.send?.(true);
});
process.send?.(proxy.port);
