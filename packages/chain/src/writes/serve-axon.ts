import { hotkeyOf } from "@neurond/primitives";
import type { AxonAnnouncement, Call } from "../chain.ts";
import type { ChainContext } from "../context.ts";
import { parseIp } from "../ip.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readAxon } from "../reads/serving.ts";
import { readWindows } from "../reads/windows.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import { checkServing } from "./check-serving.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

const DEFAULT_PROTOCOL = 4;

/** Announces where the hotkey serves, with a TLS key if one is given; signed by the hotkey. */
export function serveAxon(
  context: ChainContext,
  signer: Signer,
  axon: AxonAnnouncement,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkServeAxon(state, signer, axon), options);
}

async function checkServeAxon(
  state: State,
  signer: Signer,
  axon: AxonAnnouncement,
): Promise<Preflight> {
  const id = { netuid: axon.netuid, hotkey: hotkeyOf(signer.publicKey) };
  const refused = await checkServing(state, id, axon, { zeroAllowed: true });
  if (refused !== undefined) return { kind: "rejected", error: refused };
  const call = serveCall(axon);
  if (!state.runtime.hasCall(call.pallet, call.name)) {
    return { kind: "rejected", error: refusedByState("AxonTlsMissing", "UNSUPPORTED") };
  }
  const { axonBlocks } = await readWindows(state, id);
  if (axonBlocks > 0) return { kind: "tooSoon", blocks: axonBlocks };
  return {
    kind: "ready",
    plan: {
      call,
      confirm: async (after, block) => {
        const stored = await readAxon(after, id);
        return stored?.block === block && stored.port === axon.port;
      },
      blocksLeft: async (now) => (await readWindows(now, id)).axonBlocks,
    },
  };
}

function serveCall(axon: AxonAnnouncement): Call {
  const { netuid, version, port, protocol = DEFAULT_PROTOCOL, certificate } = axon;
  const { value: ip, ipType: ip_type } = parseIp(axon.ip);
  const args = { netuid, version, ip, port, ip_type, protocol, placeholder1: 0, placeholder2: 0 };
  return certificate === undefined
    ? { pallet: "SubtensorModule", name: "serve_axon", args }
    : { pallet: "SubtensorModule", name: "serve_axon_tls", args: { ...args, certificate } };
}
