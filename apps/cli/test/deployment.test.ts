import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { HOTKEY_VARIABLES } from "@neurond/chain/wallet";
import { configReference } from "@neurond/runtime";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { PREFIX as AUDITOR, Config as Auditor } from "../../auditor/src/config.ts";
import { PREFIX as MINER, Config as Miner } from "../../miner/src/config.ts";
import { PREFIX as PROXY, Config as ReverseProxy } from "../../reverse-proxy/src/config/config.ts";
import { PREFIX as STORAGE_API, Config as StorageApi } from "../../storage-api/src/config.ts";
import { PREFIX as VALIDATOR, Config as Validator } from "../../validator/src/config.ts";

const ROOT = join(import.meta.dirname, "../../..");
const DAEMONS = {
  validator: configReference(Validator, VALIDATOR),
  miner: configReference(Miner, MINER),
  auditor: configReference(Auditor, AUDITOR),
  "reverse-proxy": configReference(ReverseProxy, PROXY),
  "storage-api": configReference(StorageApi, STORAGE_API),
};
const NAMES = Object.keys(DAEMONS);

interface Service {
  readonly build?: { readonly args: { readonly APP: string } };
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

async function readCompose(): Promise<Compose> {
  return parse(await readFile(join(ROOT, "docker-compose.yml"), "utf8"), { merge: true });
}

test("PM2 is told of programs and settings that are there", () => {
  const { apps } = createRequire(import.meta.url)(join(ROOT, "ecosystem.config.cjs"));
  expect(apps.map(({ name }: { name: string }) => name)).toEqual(
    NAMES.map((name) => `neurond-${name}`),
  );
  for (const { script, args, interpreter } of apps) {
    const source = script.replace("/dist/", "/src/").replace(/js$/, "ts");
    for (const path of [source, args]) expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(existsSync(interpreter), interpreter).toBe(true);
  }
});

test("every daemon has a service, with variables that it knows", async () => {
  const { services } = await readCompose();
  for (const [name, reference] of Object.entries(DAEMONS)) {
    const service = services[name];
    expect(service?.build?.args.APP).toBe(name);
    for (const variable of Object.keys(service?.environment ?? {})) {
      const plain = variable.replace(/^(DATABASE_URL)_FILE$/, "$1");
      const isKnown = reference.includes(plain) || HOTKEY_VARIABLES.file.some((v) => v === plain);
      expect(isKnown, `${name}: ${variable}`).toBe(true);
    }
  }
});

test("the ports that are published are those the daemons listen on", async () => {
  const { services } = await readCompose();
  for (const [name, reference] of Object.entries(DAEMONS)) {
    const [, port] = /(?:_HTTP_|`)PORT`[^\n]*?`(\d+)`/.exec(reference) ?? [];
    expect(services[name]?.ports?.[0], name).toMatch(new RegExp(`:${port}$`));
  }
});

test("volumes and secrets that services use are declared", async () => {
  const { services, volumes, secrets } = await readCompose();
  for (const service of Object.values(services)) {
    for (const volume of service.volumes ?? []) {
      const [, file] = /^\$\{\w+:-(\.\/[^}]+)\}:/.exec(volume) ?? [];
      if (file === undefined) expect(Object.keys(volumes)).toContain(volume.split(":")[0]);
      else expect(existsSync(join(ROOT, file)), file).toBe(true);
    }
    for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret);
  }
});
