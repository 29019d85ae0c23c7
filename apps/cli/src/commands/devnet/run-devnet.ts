import { once } from "node:events";
import { type DevnetOptions, READY_NETUID, READY_NEURONS, startDevnet } from "@neurond/devnet";
import type { z } from "zod";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import type { View } from "../../output.ts";
import type { DevnetShape } from "./schemas.ts";

/** What a running development chain says of itself. */
export type DevnetResult = z.infer<typeof DevnetShape>;

const PRESETS = ["upstream", "empty", "subnet"] as const;
const MODES = ["interval", "instant", "manual"] as const;
const PROFILES = ["424", "218", "181"] as const;
const DAY_MS = 86_400_000;
const MAX_U32 = 2 ** 32 - 1;
/** The last millisecond of the year 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

const option = (flags: string, description: string): Parameter => ({ flags, description });

/** Options of a development chain. */
export const DEVNET_OPTIONS: readonly Parameter[] = [
  option("--port <number>", "port to listen on, 0 for a free one (default: 9944)"),
  option("--host <address>", "address to listen on (default: 127.0.0.1)"),
  option("--preset <name>", `${PRESETS.join(", ")}: block 0 (default: upstream)`),
  option("--genesis <file>", "YAML of a subnet with your own hotkeys, instead of the ready one"),
  option("--mode <mode>", `${MODES.join(", ")}: when blocks are made (default: interval)`),
  option("--block-time <ms>", "between blocks, milliseconds (default: 12000)"),
  option("--genesis-time <ms>", "of block 0 in instant and manual mode, milliseconds since 1970"),
  option("--finality-lag <blocks>", "blocks that are not final yet (default: 0)"),
  option("--pruning <blocks>", "keep the state of so many blocks (default: all)"),
  option("--state-file <file>", "keep the chain in a file, and go on with it"),
  option("--runtime-profile <version>", `${PROFILES.join(", ")}: names clients see (default: 424)`),
  option("--spec-version <number>", "of the runtime, in place of the profile's own"),
  option("--seed <text>", "seed of the drand key: one seed, one chain"),
  option("--no-beacon", "leave drand's pulses to whoever writes them to the chain"),
  option("--cors", "let web pages of any origin use the chain"),
];

/** Runs a development chain until the call is interrupted. */
export async function runDevnet(
  call: Call,
  ready: (result: DevnetResult) => Promise<void>,
): Promise<void> {
  const genesis = call.given("genesis");
  const preset = call.choice("preset", PRESETS) ?? (genesis ? "subnet" : "upstream");
  const mode = call.choice("mode", MODES) ?? "interval";
  const blockTimeMs = call.integer("block-time", { min: 1, max: DAY_MS }) ?? 12_000;
  const founded = genesis ? await readGenesisFile(genesis) : {};
  const options = { ...optionsOf(call), ...founded, preset, mode, blockTimeMs };
  await using devnet = await call.progress("starting the chain", startDevnet(options));
  const { url, port } = devnet;
  const subnet = preset === "subnet" && !genesis ? readySubnet() : null;
  await ready({ url, port, preset, mode, blockTimeMs, subnet });
  // In a checkout the program is on nobody's path.
  if (call.env["npm_lifecycle_event"]) call.note("Here neurond is run as: npm run neurond -- …");
  if (!call.signal.aborted) await once(call.signal, "abort");
}

/** Its schema is loaded only when there is a file to check. */
async function readGenesisFile(path: string): Promise<DevnetOptions> {
  const { readGenesis } = await import("./genesis-file.ts");
  return readGenesis(path);
}

/** A running chain in the words of somebody who wants to use it. */
export function describeDevnet(result: DevnetResult, view: View): string {
  const { url, mode, blockTimeMs, subnet } = result;
  const rhythm = mode === "interval" ? `a block every ${blockTimeMs} ms` : `${mode} blocks`;
  const head = `A development chain is running at ${url}, ${rhythm}.\n`;
  const tail = `\n  neurond chain status -n ${url}\n\nControl-C stops it.`;
  if (subnet === null) return head + tail;
  const columns = [
    { title: "UID", align: "right" },
    { title: "HOTKEY" },
    { title: "COLDKEY" },
  ] as const;
  const rows = subnet.neurons.map(({ uid, hotkey, coldkey }) => [String(uid), hotkey, coldkey]);
  const use = `--netuid ${subnet.netuid} -n ${url}`;
  return `${head}Subnet ${subnet.netuid} is registered; its keys are development URIs:

${view.table(columns, rows)}

  neurond chain metagraph ${use}
  neurond weights set ${use} --uri //Validator1 4=1${tail}`;
}

function optionsOf(call: Call): DevnetOptions {
  const finalityLag = call.integer("finality-lag", { min: 0, max: 1_000_000 });
  const pruning = call.integer("pruning", { min: 1, max: MAX_U32 });
  const genesisTime = call.integer("genesis-time", { min: 0, max: MAX_TIME_MS });
  const specVersion = call.integer("spec-version", { min: 1, max: MAX_U32 });
  const stateFile = call.given("state-file");
  const profile = call.choice("runtime-profile", PROFILES);
  const seed = call.given("seed");
  return {
    port: call.integer("port", { min: 0, max: 65_535 }) ?? 9944,
    host: call.given("host") ?? "127.0.0.1",
    ...(finalityLag !== undefined && { finalityLag }),
    ...(pruning !== undefined && { pruning }),
    ...(stateFile !== undefined && { stateFile }),
    ...(profile !== undefined && { profile }),
    ...(seed !== undefined && { seed }),
    ...(genesisTime !== undefined && { genesisTime }),
    ...(specVersion !== undefined && { specVersion }),
    beacon: !call.on("no-beacon"),
    cors: call.on("cors"),
    onFault: (error) => call.note(`fault: ${error instanceof Error ? error.message : error}`),
  };
}

function readySubnet(): DevnetResult["subnet"] {
  const neurons = READY_NEURONS.map(({ hotkey, coldkey }, uid) => ({ uid, hotkey, coldkey }));
  return { netuid: READY_NETUID, neurons };
}
