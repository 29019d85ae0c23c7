import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { API, NETUID, NEURONS, OWNER, type Player } from "./cast.ts";
import type { Places } from "./directory.ts";
import { addressesOf } from "./founding.ts";
import { entranceOf, GATEWAY, type Ground, MIB, portOf, REQUESTS_PER_MINUTE } from "./ground.ts";
import { HOTKEY_NAME } from "./keys.ts";
import { RUN_PLAN } from "./plan.ts";
import { proxySettings } from "./proxy-settings.ts";

/** Whoever answers later than this was not there. */
export const PROBE_SECONDS = 2;
/** So late is the late miner. */
export const DELAY_MS = 3_000;

/** Two busy cores may stop the chain for a while; that is no reason to restart. */
const WATCHDOG = { warnSeconds: 30, limitSeconds: 120 };

/** An hour is longer than anybody watches; a quarter of a minute has a run or two. */
const SLICES = { sliceMinutes: 0.25, delaySeconds: 1 };

const RUN = {
  ...RUN_PLAN,
  beaconKind: "chain",
  quorum: { fraction: "1/2", minReporters: 2 },
  minStakeTao: "1000",
};

/** Writes a daemon's settings file, the same kind an operator writes; returns its path. */
export async function writeSettings(player: Player, ground: Ground): Promise<string> {
  const file = ground.places.config(player.name);
  await writeFile(file, stringify(settingsOf(player, ground)));
  return file;
}

function settingsOf(player: Player, ground: Ground): object {
  switch (player.role) {
    case "validator":
      return validatorSettings(player, ground);
    case "miner":
      return minerSettings(player, ground);
    case "auditor":
      return auditorSettings(player, ground);
    case "proxy":
      return proxySettings(player, ground);
    case "api":
      return apiSettings(player, ground);
  }
}

function validatorSettings(player: Player, ground: Ground): object {
  const { places, wallets } = ground;
  return {
    ...neuronSettings(player, ground),
    database: databaseOf(player, ground),
    http: {
      ...httpOf(player, ground),
      scoresPerMinute: REQUESTS_PER_MINUTE,
      verifyWorkers: 0,
    },
    run: RUN,
    probe: { deadlineSeconds: PROBE_SECONDS },
    gossip: { timeoutSeconds: 3, allowPrivatePeers: true },
    weights: { everyBlocks: 2 * RUN_PLAN.blocks },
    storage: {
      clients: [OWNER, API.name].map((name) => addressesOf(wallets, name).hotkey),
      lostAfterRuns: 2,
      // So short that a secret is revealed, and its sweeps judged again, within the story.
      sweep: { periodBlocks: 2 * RUN_PLAN.blocks, workers: 1 },
      token: { enabled: true },
    },
    record: { archiveDirectory: join(places.data(player.name), "score_archive") },
    exports: { directory: join(places.data(player.name), "exports"), ...SLICES },
    jobs: { directory: join(places.data(player.name), "state") },
  };
}

/** Objects of the owner, in shards that all miners but one hold: so there is one to take a lost one's place. */
function apiSettings(player: Player, ground: Ground): object {
  const { places, wallets, loopback, ports } = ground;
  const { name } = player;
  const validators = NEURONS.filter(({ role, cheat }) => role === "validator" && !cheat);
  const miners = NEURONS.filter(({ role }) => role === "miner");
  return {
    netuid: NETUID,
    wallet: { name, hotkey: HOTKEY_NAME, path: places.wallets },
    database: databaseOf(player, ground),
    http: httpOf(player, ground),
    gateway: { host: loopback.host, port: portOf(ground, GATEWAY) },
    access: { whitelist: [addressesOf(wallets, OWNER).hotkey] },
    vault: {
      kind: "network",
      validators: validators.map((one) => `http://${loopback.host}:${portOf({ ports }, one.name)}`),
      rs: [2, miners.length - 1],
    },
    repair: { everySeconds: 1 },
  };
}

function minerSettings(player: Player, ground: Ground): object {
  return {
    ...neuronSettings(player, ground),
    http: httpOf(player, ground),
    storage: {
      directory: shardsOf(ground.places, player.name),
      quotaBytes: 1024 * MIB,
      keepFreeBytes: 64 * MIB,
    },
    report: {
      directory: join(ground.places.data(player.name), "self-report"),
      ...SLICES,
      allowPrivateValidators: true,
    },
  };
}

function auditorSettings(player: Player, ground: Ground): object {
  const { places, chainUrl } = ground;
  const { name } = player;
  return {
    netuid: NETUID,
    chain: { endpoint: chainUrl },
    wallet: { name, hotkey: HOTKEY_NAME, path: places.wallets },
    http: httpOf(player, ground),
    run: RUN,
    audit: { directory: places.data(name), marginBlocks: 4, lookAgainBlocks: 4 },
    fetch: { timeoutSeconds: 5, allowPrivate: true },
    database: databaseOf(player, ground),
    validators: NEURONS.filter(({ role }) => role === "validator").map((validator) =>
      exporterOf(validator, ground),
    ),
    exports: {
      directory: join(places.data(name), "exports"),
      intervalSeconds: 2,
      memoryBytes: 128 * MIB,
      threads: 1,
      allowPrivate: true,
    },
    synthetics: { enabled: false },
    statements: { directory: join(places.data(name), "statements") },
    watchdog: WATCHDOG,
  };
}

/** A validator as an auditor lists it, to follow what it exports. */
function exporterOf({ name }: Player, { wallets, loopback, ports }: Ground): object {
  const url = `http://${loopback.host}:${portOf({ ports }, name)}`;
  return { name, hotkey: addressesOf(wallets, name).hotkey, url };
}

/** Where an auditor puts its evidence files. */
export function evidenceOf(places: Places, name: string): string {
  return join(places.data(name), "evidence");
}

function neuronSettings(player: Player, ground: Ground): object {
  const { places, chainUrl, loopback } = ground;
  return {
    netuid: NETUID,
    chain: { endpoint: chainUrl },
    wallet: { name: player.name, hotkey: HOTKEY_NAME, path: places.wallets },
    axon: { externalIp: loopback.announced, externalPort: entranceOf(ground, player) },
    watchdog: WATCHDOG,
  };
}

function httpOf({ name }: Player, { loopback, ports }: Ground): object {
  const port = portOf({ ports }, name);
  return { host: loopback.host, port, requestsPerMinute: REQUESTS_PER_MINUTE };
}

function databaseOf({ name }: Player, { places }: Ground): object {
  return { directory: places.postgres, schema: name.replaceAll("-", "_") };
}

/** Where a miner keeps its shards. */
export function shardsOf(places: Places, name: string): string {
  return join(places.data(name), "shards");
}
