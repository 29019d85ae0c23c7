import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, isCoded } from "@neurond/primitives";
import { Config, loadSettings, maskedConfig, PREFIX } from "@neurond/reverse-proxy";
import { configReference, type UnknownKey } from "@neurond/runtime";
import { settingPaths } from "@neurond/testing/settings";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "../../..");
const FILE = join(ROOT, "config/reverse-proxy.yaml");
const BOB = hotkeyOf(keypairFromUri("//Bob").publicKey);
const ALICE = hotkeyOf(keypairFromUri("//Alice").publicKey);
const NEEDED = { MINER_HOTKEY: BOB, ALLOWED_SENDERS: ALICE };

const directory = mkdtempSync(join(tmpdir(), "neurond-reverse-proxy-"));
let count = 0;
const folder = () => {
  count += 1;
  const path = join(directory, String(count));
  mkdirSync(path);
  return path;
};
const write = (text: string, name = "config.json", inside = folder()) => {
  const path = join(inside, name);
  writeFileSync(path, text);
  return path;
};

interface Given {
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly home?: string;
}

const load = (given: Given = {}) => {
  const unknown: UnknownKey[] = [];
  const { file, environment = NEEDED, overrides = {}, home } = given;
  const loaded = loadSettings({
    path: file,
    environment,
    overrides,
    directory: given.directory ?? directory,
    ...(home !== undefined && { home }),
    onUnknown: (key) => unknown.push(key),
  });
  return { ...loaded, config: loaded.settings.config, unknown };
};

const problemsOf = (given: Given): string => {
  try {
    load(given);
  } catch (error) {
    if (isCoded(error)) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
};

const schema = () => z.toJSONSchema(Config, { io: "input", unrepresentable: "any" });

describe("config/reverse-proxy.yaml", () => {
  test("says what the defaults are", () => {
    expect(load({ file: FILE }).config).toEqual(load().config);
  });

  test("names every setting, those without a default as comments, and no other", () => {
    const text = readFileSync(FILE, "utf8");
    const whole = parse(text.replace(/^( *)# (\w+: \S+)$/gm, "$1$2"));
    expect(settingPaths(whole, false).sort()).toEqual(settingPaths(schema(), true).sort());
  });
});

describe("config/reverse-proxy.json", () => {
  test("is a file of the first proxy, and enough to start with", () => {
    const { config, unknown } = load({
      file: join(ROOT, "config/reverse-proxy.json"),
      environment: {},
    });
    expect(config.auth).toMatchObject({ miner_hotkey: [BOB], allowed_delta_ms: 8000 });
    expect(unknown).toEqual([]);
  });
});

describe("a setting", () => {
  test("is read somewhere: none is there for show", () => {
    // Quotas are handed on as they are, to whom they were made for.
    const folders = ["../src", "../../../packages/admission/src"].map((path) =>
      join(import.meta.dirname, path),
    );
    const texts = folders.flatMap((from) =>
      readdirSync(from, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !SCHEMA_FILES.has(name))
        .map((name) => readFileSync(join(from, name), "utf8")),
    );
    const words = new Set(texts.flatMap((text) => text.match(/\w+/g)));
    const names = settingPaths(schema(), true).map((path) => path.split(".").at(-1));
    const inLists = [schema().properties?.["routes"], schema().properties?.["tenants"]].flatMap(
      (list) => Object.keys((list as { items: { properties: object } }).items.properties),
    );
    expect([...names, ...inLists].filter((name) => !words.has(name ?? ""))).toEqual([]);
  });

  test("is in the generated reference under the name the first proxy had in the environment", () => {
    const reference = configReference(Config, PREFIX);
    for (const name of NAMES) expect(reference).toContain(`\`${name}\``);
  });

  test("comes from the command line, else the environment, else the file, else its default", () => {
    const file = write(JSON.stringify({ server: { port: 1001, host: "file" } }));
    const environment = { ...NEEDED, PORT: "1002" };
    const overrides = { "server.port": "1003" };
    expect(load().config.server.port).toBe(8080);
    expect(load({ file }).config.server).toMatchObject({ port: 1001, host: "file" });
    expect(load({ file, environment }).config.server).toMatchObject({ port: 1002, host: "file" });
    expect(load({ file, environment, overrides }).config.server.port).toBe(1003);
    expect(problemsOf({ overrides: { "server.prot": "1" } })).toContain(
      "server.prot: no such setting",
    );
  });

  test("of every environment name of the first proxy arrives where it is meant", () => {
    const environment = {
      MINER_HOTKEY: `${BOB}, ${ALICE}`,
      HOST: "::1",
      PORT: "9",
      RELOAD: "yes",
      LOG_LEVEL: "WARNING",
      ALLOWED_DELTA_MS: "5000",
      CACHE_DURATION: "60",
      CHAIN_ENDPOINT: "ws://127.0.0.1:9944",
      TRAINING_SERVER_URL: "http://localhost:7000",
      INFERENCE_SERVER_URL: "http://localhost:7001",
      LOG_FORMAT: "text",
      CORS_ORIGINS: "https://a.example,https://b.example",
      DEBUG_REQUESTS: "true",
      MAX_REQUEST_SIZE: "1000",
      REQUEST_TIMEOUT: "20",
      RATE_LIMIT_PER_MINUTE: "7",
      VALIDATE_REQUESTS: "1",
      MIN_STAKE_REQUIRED: "10000",
      NETUID: "11",
    };
    const { config, settings } = load({ environment });
    expect(config).toMatchObject({
      auth: {
        miner_hotkey: [BOB, ALICE],
        allowed_delta_ms: 5000,
        cache_duration: 60,
        chain_endpoint: "ws://127.0.0.1:9944",
      },
      server: {
        host: "::1",
        port: 9,
        reload: true,
        log_level: "warn",
        logFormat: "text",
        debugRequests: true,
      },
      services: { training_server_url: "http://localhost:7000" },
      cors: { origins: ["https://a.example", "https://b.example"] },
      limits: { maxBodyBytes: 1000, requestTimeoutSec: 20, ipPerMinute: 7, validateRequests: true },
      policy: { minStake: 10_000_000_000_000n, netuid: 11 },
    });
    expect(settings.upstreams["inference"]?.urls).toEqual(["http://localhost:7001"]);
    const train = settings.routes.find(({ name }) => name === "/train");
    expect(train).toMatchObject({ timeoutMs: 20_000, maxBodyBytes: 1000, upstream: "training" });
  });
});

const SCHEMA_FILES = new Set(
  ["auth", "capacity", "config", "limits", "routes", "server", "upstreams", "adapt-seed"].map(
    (name) => `config/${name}.ts`,
  ),
);
const NAMES = [
  "MINER_HOTKEY HOST PORT RELOAD LOG_LEVEL ALLOWED_DELTA_MS CACHE_DURATION CHAIN_ENDPOINT",
  "TRAINING_SERVER_URL INFERENCE_SERVER_URL LOG_FORMAT CORS_ORIGINS DEBUG_REQUESTS MAX_REQUEST_SIZE",
  "REQUEST_TIMEOUT RATE_LIMIT_PER_MINUTE VALIDATE_REQUESTS MIN_STAKE_REQUIRED",
].flatMap((line) => line.split(" "));

describe("a file", () => {
  test("is named by the variable, also as a directory and with a tilde", () => {
    const inside = folder();
    write('{"server":{"port":77}}', "config.json", inside);
    const at = (REVERSE_PROXY_CONFIG_PATH: string) =>
      load({ environment: { ...NEEDED, REVERSE_PROXY_CONFIG_PATH } }).config.server.port;
    expect(at(inside)).toBe(77);
    expect(at(join(inside, "config.json"))).toBe(77);
    const missing = `~/no-such-directory-${process.pid}/config.json`;
    expect(() => at(missing)).toThrow(homedir());
  });

  test("of YAML means what the same file of JSON means", () => {
    const yaml = folder();
    write("server:\n  port: 78\n", "config.yaml", yaml);
    expect(load({ file: yaml }).config).toEqual(
      load({ file: write('{"server":{"port":78}}') }).config,
    );
  });

  test("in the app's own directory is taken when none is named, and none at all is fine", () => {
    const home = folder();
    expect(load({ home })).toMatchObject({ file: undefined });
    write('{"server":{"port":79}}', "config.json", home);
    expect(load({ home }).config.server.port).toBe(79);
  });

  test.each(["[]", '"text"', "{", "5"])("holding %s is refused", (text) => {
    expect(() => load({ file: write(text) })).toThrow(/holds no settings|not valid YAML/);
  });

  test("that is missing, or a directory without one, is refused", () => {
    expect(problemsOf({ file: join(directory, "missing.json") })).toContain("missing.json");
    expect(problemsOf({ file: folder() })).toContain("config.json");
  });

  test("of the first proxy may write lists as text, hold nulls, and quote its integers", () => {
    const file = write(
      JSON.stringify({
        server: { port: "8081", reload: "on", log_level: "critical" },
        auth: {
          miner_hotkey: BOB,
          allowed_senders: [` ${ALICE} `, null, ALICE],
          "self-debug-key": "0123456789abcdef",
        },
      }),
    );
    const { config, unknown } = load({ file, environment: {} });
    expect(config.server).toMatchObject({ port: 8081, reload: true, log_level: "fatal" });
    expect(config.auth).toMatchObject({ miner_hotkey: [BOB], allowed_senders: [ALICE] });
    expect(config.auth.self_debug_key?.reveal()).toBe("0123456789abcdef");
    expect(unknown).toEqual([]);
  });

  test("with a key nobody knows is read, and the key told with the one perhaps meant", () => {
    const upstreams = { gpu: { urls: ["http://localhost:1"], maxConcurent: 4 } };
    const file = write(JSON.stringify({ server: { prot: 1 }, upstreams, shrubbery: {} }));
    expect(load({ file }).unknown.toSorted(byPath)).toEqual([
      { path: "server.prot", meant: "port" },
      { path: "shrubbery", meant: undefined },
      { path: "upstreams.gpu.maxConcurent", meant: "maxConcurrent" },
    ]);
  });
});

const byPath = (a: UnknownKey, b: UnknownKey) => (a.path < b.path ? -1 : 1);

test(".env of the working directory counts like the environment, and less", () => {
  const inside = folder();
  write(`MINER_HOTKEY=${BOB}\nALLOWED_SENDERS=${ALICE}\nPORT=5001\n`, ".env", inside);
  expect(load({ directory: inside, environment: {} }).config.server.port).toBe(5001);
  expect(load({ directory: inside, environment: { PORT: "5002" } }).config.server.port).toBe(5002);
});

describe("what is refused", () => {
  test("is told all at once, by setting and variable", () => {
    const told = problemsOf({
      environment: {
        MINER_HOTKEY: "5Nope",
        PORT: "x",
        LOG_LEVEL: "loud",
        MIN_STAKE_REQUIRED: "-1",
      },
    });
    for (const name of ["MINER_HOTKEY", "PORT", "LOG_LEVEL", "MIN_STAKE_REQUIRED"])
      expect(told).toContain(name);
  });

  test("an open door, unless it is meant", () => {
    const environment = { MINER_HOTKEY: BOB };
    expect(problemsOf({ environment })).toContain("auth.open");
    for (const more of [{ AUTH_OPEN: "true" }, { NETUID: "11" }, { ALLOWED_SENDERS: ALICE }])
      expect(load({ environment: { ...environment, ...more } }).config.auth.miner_hotkey).toEqual([
        BOB,
      ]);
  });

  test("the secret of the example, with the reason and without printing it", () => {
    const told = problemsOf({ file: write('{"auth":{"self-debug-key":"x"}}') });
    expect(told).toContain("auth.self_debug_key");
    expect(told).toContain("openssl rand");
  });

  test("what refers to nothing", () => {
    const routes = [
      { match: "/embed", upstream: "gpu" },
      { match: "/status", upstream: "training" },
    ];
    const tenants = [{ hotkey: ALICE, upstreams: { inference: "nowhere" } }];
    const told = problemsOf({
      file: write(JSON.stringify({ routes, tenants, cors: { origins: ["nonsense"] } })),
    });
    for (const name of ["gpu", "nowhere", "routes.1.match", "tenants.0.hotkey", "cors.origins"])
      expect(told).toContain(name);
  });
});

test("what is printed of a configuration shows no secret and no whole hotkey", () => {
  const environment = {
    ...NEEDED,
    SELF_DEBUG_KEY: "sixteen-characters!",
    REDIS_URL: "redis://:pw@localhost",
  };
  const printed = JSON.stringify(maskedConfig(load({ environment }).config));
  for (const secret of ["sixteen", ":pw@", BOB]) expect(printed).not.toContain(secret);
  expect(printed).toContain(`${BOB.slice(0, 4)}...${BOB.slice(-4)}`);
});

describe("routes", () => {
  test("of the first proxy are there, with the 202 rule where it had it", () => {
    const { routes } = load().settings;
    expect(
      routes.filter(({ asyncAckAfterMs }) => asyncAckAfterMs === 10_000).map(({ name }) => name),
    ).toEqual(["/inference", "/edit"]);
    expect(
      routes.filter(({ upstream }) => upstream === "inference").map(({ name }) => name),
    ).toEqual(
      "/inference /edit /sync/inference /sync/edit /inference/status/* /inference/result/* /edit/status/* /edit/result/*".split(
        " ",
      ),
    );
    expect(routes.some(({ name }) => name === "/trigger_telemetry")).toBe(false);
  });

  test("of the configuration leave other methods of a path to the built-in ones", () => {
    const routes = [{ match: "/inference", methods: ["GET"], upstream: "training" }];
    const { settings } = load({ file: write(JSON.stringify({ routes })) });
    expect(settings.routes.filter(({ name }) => name === "/inference")).toMatchObject([
      { methods: ["GET"], upstream: "training" },
      { methods: ["POST"], upstream: "inference", asyncAckAfterMs: 10_000 },
    ]);
  });

  test("of the configuration replace built-in ones of the same path, and keep what they do not say", () => {
    const upstreams = { editing: { urls: ["http://localhost:9"] } };
    const routes = [{ match: "/edit", upstream: "editing", auth: ["btauth"], timeoutMs: 5 }];
    const { settings } = load({ file: write(JSON.stringify({ upstreams, routes })) });
    const found = settings.routes.filter(({ name }) => name === "/edit");
    expect(found).toMatchObject([
      { upstream: "editing", schemes: ["btauth"], timeoutMs: 5, asyncAckAfterMs: null },
    ]);
  });
});
