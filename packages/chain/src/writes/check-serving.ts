import { parseIp } from "../ip.ts";
import type { NeuronId } from "../neuron.ts";
import { readRegistration } from "../reads/registration.ts";
import { subnetExists } from "../reads/subnets.ts";
import type { State } from "../state.ts";
import type { Refusal } from "../submission.ts";
import { refusedByState } from "./refusal.ts";

const V4_BROADCAST = 2n ** 32n - 1n;
const V4_LOOPBACK = 0x7f00_0001n;
const V6_ALL_ONES = 2n ** 128n - 1n;

/** Whether the chain takes this address from this hotkey. */
export async function checkServing(
  state: State,
  id: NeuronId,
  { ip, port }: { readonly ip: string; readonly port: number },
  { zeroAllowed }: { readonly zeroAllowed: boolean },
): Promise<Refusal | undefined> {
  if (!(await subnetExists(state, id.netuid))) return refusedByState("SubnetNotExists");
  if ((await readRegistration(state, id)).kind === "unregistered") {
    return refusedByState("HotKeyNotRegisteredInNetwork");
  }
  if (!isAcceptedAddress(ip, zeroAllowed)) return refusedByState("InvalidIpAddress");
  return port === 0 ? refusedByState("InvalidPort") : undefined;
}

/** Broadcast and loopback are refused; zero clears an axon; private ranges pass on chain. */
function isAcceptedAddress(ip: string, zeroAllowed: boolean): boolean {
  const { value, ipType } = parseIp(ip);
  if (value === 0n) return zeroAllowed;
  return ipType === 4
    ? value !== V4_BROADCAST && value !== V4_LOOPBACK
    : value !== V6_ALL_ONES && value !== 1n;
}
