import type { Chain, Metagraph, Neuron } from "@neurond/chain";
import type { Hotkey } from "@neurond/primitives";
import { type Check, fail, ok, warn } from "./check.ts";
import { livez } from "./local-checks.ts";

/** Whether blocks come. */
export async function checkChain(chain: Chain, name: string): Promise<Check<"chain">> {
  const best = await chain.head();
  const finalized = await chain.head({ at: "finalized" });
  const behind = best.number - finalized.number;
  if (behind > 50) {
    const remedy = "use another endpoint, or wait: what is not final can be undone";
    return warn("chain", `${name} at block ${best.number}, ${behind} blocks not final`, remedy);
  }
  return ok("chain", `${name} answers, block ${best.number}`);
}

/** Whether this machine and the chain agree on the time. */
export async function checkClock(chain: Chain): Promise<Check<"clock">> {
  const { clockSkewMs, blockTimeMs, suspect } = await chain.clock();
  const skew = `${(clockSkewMs / 1000).toFixed(1)} s`;
  if (!suspect) return ok("clock", `${skew} after the best block, of ${blockTimeMs} ms a block`);
  const remedy = "synchronise the clock (NTP); if it is right, the endpoint lags: use another";
  return fail("clock", `${skew} off chain time: signed requests will be refused`, remedy);
}

/** What the subnet knows of a hotkey. */
export interface Subject {
  readonly metagraph: Metagraph;
  readonly hotkey: Hotkey;
}

/** Whether the hotkey has a place on the subnet. */
export function checkRegistration({ metagraph, hotkey }: Subject): Check<"registration"> {
  const neuron = metagraph.byHotkey.get(hotkey);
  const { netuid } = metagraph;
  if (neuron !== undefined) {
    const role = neuron.validatorPermit ? "with a validator permit" : "without a validator permit";
    return ok("registration", `uid ${neuron.uid} on subnet ${netuid}, ${role}`);
  }
  const remedy = `register it: btcli subnet register --netuid ${netuid}, with the wallet of its coldkey`;
  return fail("registration", `${hotkey} has no uid on subnet ${netuid}`, remedy);
}

/** Epochs without new weights after which a validator should look. */
const LATE_TEMPOS = 3;

/** Whether a validator's weights are recent enough to count. */
export async function checkWeights(chain: Chain, { metagraph, hotkey }: Subject): Promise<Check> {
  const neuron = metagraph.byHotkey.get(hotkey);
  if (neuron === undefined) return ok("weights", "none are due of a hotkey without a uid");
  if (!neuron.validatorPermit) return ok("weights", "none are due without a validator permit");
  const { activityCutoff } = await chain.hyperparameters(metagraph.netuid);
  return describeWeights(neuron, metagraph, activityCutoff);
}

function describeWeights(
  { lastUpdate, blockAtRegistration }: Neuron,
  { block, tempo }: Metagraph,
  activityCutoff: number,
): Check {
  if (lastUpdate <= blockAtRegistration) {
    const remedy = "if this is a validator, see that it runs; miners get permits too, and set none";
    return warn("weights", "never set, though there is a permit", remedy);
  }
  const age = block - lastUpdate;
  const text = `last set ${age} blocks ago`;
  const remedy = "see that the validator runs, agrees with its peers and can pay for extrinsics";
  if (age > activityCutoff) {
    return fail("weights", `${text}: more than ${activityCutoff}, they no longer count`, remedy);
  }
  if (age > LATE_TEMPOS * tempo) return warn("weights", `${text}, of ${tempo} an epoch`, remedy);
  return ok("weights", text);
}

/** Whether the announced axon answers from here. */
export async function checkAxon({ metagraph, hotkey }: Subject): Promise<Check> {
  const axon = metagraph.byHotkey.get(hotkey)?.axon;
  if (axon === undefined || axon.port === 0) {
    const remedy = "start the daemon with an external address, or use `neurond axon serve`";
    return warn("axon", "no address is announced: nobody can reach this neuron", remedy);
  }
  const host = axon.ip.includes(":") ? `[${axon.ip}]` : axon.ip;
  const status = await livez(`http://${host}:${axon.port}`);
  const place = `${host}:${axon.port}`;
  if (status === 200) return ok("axon", `${place} is announced and answers`);
  if (status !== undefined) {
    return warn("axon", `${place} answers /livez with ${status}`, "see what serves there");
  }
  const remedy = "open the port in firewall and router; a router may also hide us from ourselves";
  return warn("axon", `${place} is announced, but does not answer from here`, remedy);
}
