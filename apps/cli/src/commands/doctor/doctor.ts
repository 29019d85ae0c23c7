import type { Chain } from "@neurond/chain";
import { type Hotkey, hotkeyOf, type Netuid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import { SIGNER_OPTIONS, signerOf } from "../../wallet.ts";
import {
  checkAxon,
  checkChain,
  checkClock,
  checkRegistration,
  checkWeights,
  type Subject,
} from "./chain-checks.ts";
import {
  type Check,
  type CheckName,
  exitCode,
  guarded,
  ok,
  tableOf,
  unasked,
  worst,
} from "./check.ts";
import { checkNode, checkPort } from "./local-checks.ts";
import type { DoctorShape } from "./schemas.ts";
import { checkDatabase, checkRedis } from "./service-checks.ts";

type Diagnosis = z.infer<typeof DoctorShape>;

/** `neurond doctor` */
export const doctor = defineAction<Diagnosis>({
  name: "doctor",
  summary: "look at everything a daemon needs, and say what to do about what is not well",
  description:
    "Nothing is changed. The exit code is 1 when a check fails; warnings alone leave it 0.",
  shared: ["netuid", "axon.external_port", ...SIGNER_OPTIONS, ...CHAIN_OPTIONS],
  examples: [
    "neurond doctor --netuid 1 -w miner -H first --axon.port 8091",
    "neurond doctor --netuid 2 -n local --uri //Validator1 --json",
  ],
  schema: async () => (await import("./schemas.ts")).DoctorShape,
  run: examine,
  human: tableOf,
  exitCode,
});

async function examine(call: Call): Promise<Diagnosis> {
  const netuid = call.text("netuid") === undefined ? undefined : netuidOf(call);
  const port = call.integer("axon.external_port", { min: 1, max: 65_535 }) ?? 8091;
  const { key, hotkey } = await openKey(call);
  const found = await Promise.all([
    checkNode(process.versions.node),
    key,
    chainChecks(call, { netuid, hotkey }),
    checkPort(port),
    checkDatabase(call.env),
    checkRedis(call.env["REDIS_URL"], call.signal),
  ]);
  const checks = found.flat();
  return { status: worst(checks), checks };
}

async function openKey(call: Call): Promise<{ key: Check; hotkey: Hotkey | undefined }> {
  let hotkey: Hotkey | undefined;
  const remedy = "name the wallet with -w and -H, or set BT_HOTKEY_FILE; see `neurond keys list`";
  const key = await guarded("key", remedy, async () => {
    const signer = await signerOf(call, "hotkey");
    hotkey = hotkeyOf(signer.publicKey);
    signer.wipe();
    return ok("key", `the hotkey ${hotkey} opens`);
  });
  return { key, hotkey };
}

/** Whose place on which subnet is asked for, as far as the line says. */
interface Asked {
  readonly netuid: Netuid | undefined;
  readonly hotkey: Hotkey | undefined;
}

const SUBNET_CHECKS = ["registration", "weights", "axon"] as const;

async function chainChecks(call: Call, asked: Asked): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const remedy = "check the endpoint and the way to it; name another with -n";
  const connected = await guarded("chain", remedy, () =>
    withChain(call, async (chain, network) => {
      const answer = await checkChain(chain, network.name);
      checks.push(await guarded("clock", remedy, () => checkClock(chain)));
      checks.push(...(await subnetChecks(chain, asked)));
      return answer;
    }),
  );
  if (checks.length > 0) return [connected, ...checks];
  const why = "the chain does not answer";
  return [connected, ...(["clock", ...SUBNET_CHECKS] as const).map((name) => unasked(name, why))];
}

async function subnetChecks(chain: Chain, { netuid, hotkey }: Asked): Promise<readonly Check[]> {
  if (netuid === undefined) return SUBNET_CHECKS.map((name) => unasked(name, "give --netuid"));
  if (hotkey === undefined) return SUBNET_CHECKS.map((name) => unasked(name, "no hotkey opens"));
  // One metagraph for all three: they speak of one block. Each awaits it, so none goes unhandled.
  const reading = chain.metagraph({ netuid });
  const remedy = "check --netuid and the network";
  const about = (name: CheckName, check: (subject: Subject) => Check | Promise<Check>) =>
    guarded(name, remedy, async () => check({ metagraph: await reading, hotkey }));
  return Promise.all([
    about("registration", checkRegistration),
    about("weights", (subject) => checkWeights(chain, subject)),
    about("axon", checkAxon),
  ]);
}
