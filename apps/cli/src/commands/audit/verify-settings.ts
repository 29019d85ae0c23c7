import { type Network, resolveNetwork } from "@neurond/chain";
import { CodedError, type Hotkey, type Netuid, parseHotkey, toNetuid } from "@neurond/primitives";
import type { Call } from "../../call.ts";
import { netuidOf } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";

/** Whose exports are looked at, and where they are. */
export interface Target {
  readonly validator: Hotkey;
  readonly name: string;
  /** Of an API, or of a folder. */
  readonly place: { readonly url: string } | { readonly folder: string };
}

/** The netuid of the subnet that publishes such exports. */
const EXPORTS_NETUID = 64;
/** Its validator, unless another is named. */
const DEFAULT_VALIDATOR = {
  name: "chutes",
  hotkey: "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ",
  url: "https://api.chutes.ai",
};

/** What the line and the config file come to. */
export async function verifySettings(call: Call) {
  const config = await configOf(call);
  const { validators, subtensor, chain, netuid, scoring, verify, reconcile } = config;
  const folder = call.given("folder");
  const targets =
    folder === undefined ? urlTargets(call, validators) : [await folderTarget(call, folder)];
  return {
    targets,
    netuid: netuidGiven(call, netuid),
    network: networkGiven(call, chain, subtensor, folder !== undefined),
    scoring,
    verify,
    /** As the file has it: only who sets weights reads it. */
    setWeights: config["set_weights"],
    // The older auditor's flag has no value, and means that the feeds overrule.
    mode: call.on("reconcile")
      ? ("apply" as const)
      : (call.choice("reconcile", ["off", "report", "apply"]) ?? reconcile.mode),
  };
}

async function configOf(call: Call) {
  const { ReconcileSection, ScoringSection, ValidatorsSetting, VerifySection } = await import(
    "@neurond/ingest"
  );
  const { z } = await import("zod");
  const Shape = z.looseObject({
    validators: ValidatorsSetting.prefault([DEFAULT_VALIDATOR]),
    subtensor: z.string().optional(),
    chain: z
      .looseObject({ network: z.string().optional(), endpoint: z.string().optional() })
      .prefault({}),
    netuid: z.int().min(0).max(65_535).optional(),
    scoring: ScoringSection.prefault({}),
    verify: VerifySection.prefault({}),
    reconcile: ReconcileSection.prefault({}),
  });
  const file = call.given("config");
  const read = file === undefined ? {} : await readYaml(call, file);
  if (file !== undefined && isSection(read)) {
    await noteUnknown(call, file, read);
    (await import("@neurond/runtime")).dropUnknown(Shape, read, () => undefined);
  }
  const parsed = Shape.safeParse(read);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const text = `${file}: ${issue?.path.join(".")}: ${issue?.message}`;
  throw new CodedError<UsageCode>("CONFIG_INVALID", text, { file });
}

/** Tells of keys that the daemon would tell of: a slip of the keyboard must not pass for a setting. */
async function noteUnknown(
  call: Call,
  file: string,
  read: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { unknownKeysOf } = await import("@neurond/auditor/unknown-keys");
  for (const { path, meant } of unknownKeysOf(read)) {
    const hint = meant === undefined ? "" : `; is ${meant} meant?`;
    call.note(`${file}: ${path} means nothing here${hint}`);
  }
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Validators = readonly { readonly name?: string | undefined; hotkey: Hotkey; url: string }[];

function urlTargets(call: Call, validators: Validators): readonly Target[] {
  const [named, url] = [call.given("validator"), call.given("url")];
  if (url !== undefined && named === undefined) {
    throw new CodedError<UsageCode>("USAGE", "--url needs --validator: whose reports are there");
  }
  const chosen =
    named === undefined
      ? validators
      : url !== undefined
        ? [{ name: named, hotkey: parseHotkey(named), url }]
        : validators.filter(({ name, hotkey }) => name === named || hotkey === named);
  if (chosen.length === 0) {
    throw new CodedError<UsageCode>("USAGE", `no validator ${named} is configured; give its --url`);
  }
  return chosen.map((one) => ({
    validator: one.hotkey,
    name: one.name ?? one.hotkey,
    place: { url: one.url },
  }));
}

/** A folder has one validator's reports; which, its listing says. */
async function folderTarget(call: Call, folder: string): Promise<Target> {
  const named = call.given("validator");
  const validator = named === undefined ? await onlyValidator(folder) : parseHotkey(named);
  return { validator, name: validator, place: { folder } };
}

async function onlyValidator(folder: string): Promise<Hotkey> {
  const { folderSource } = await import("@neurond/ingest/io");
  const { entries } = await folderSource(folder).listing(new AbortController().signal);
  const own = entries.filter(({ path }) => path.startsWith("audit/validator/"));
  const hotkeys = [...new Set(own.map(({ hotkey }) => hotkey))];
  const [only] = hotkeys;
  if (only !== undefined && hotkeys.length === 1) return parseHotkey(only);
  const text = `the folder has reports of ${hotkeys.length} validators; name one by --validator`;
  throw new CodedError<UsageCode>("USAGE", text, { folder });
}

function netuidGiven(call: Call, configured: number | undefined): Netuid {
  return call.text("netuid") === undefined
    ? toNetuid(configured ?? EXPORTS_NETUID)
    : netuidOf(call);
}

/** Null: a folder's recorded answers stand for the chain unless one is named. */
function networkGiven(
  call: Call,
  chain: { readonly network?: string | undefined; readonly endpoint?: string | undefined },
  subtensor: string | undefined,
  isRecorded: boolean,
): Network | null {
  const [endpoint, network] = [
    call.given("subtensor.chain_endpoint"),
    call.given("subtensor.network"),
  ];
  const isNamed = endpoint !== undefined || network !== undefined;
  if (isRecorded && !isNamed) return null;
  const spelled = isNamed
    ? { endpoint, network }
    : { endpoint: chain.endpoint, network: subtensor ?? chain.network };
  return resolveNetwork({ ...spelled, env: call.env });
}

async function readYaml(call: Call, file: string): Promise<unknown> {
  const { parse } = await import("yaml");
  const text = new TextDecoder().decode(await readInput(call, file));
  try {
    // A section of comments alone is an empty one.
    return parse(text, (_key, value: unknown) => value ?? undefined) ?? {};
  } catch (cause) {
    const message = `the file ${file} is not YAML`;
    throw new CodedError<UsageCode>("CONFIG_INVALID", message, { file }, { cause });
  }
}
