import { hotkeyOf } from "@neurond/primitives";
import type { AxonAnnouncement } from "../chain.ts";
import type { ChainContext } from "../context.ts";
import { parseIp } from "../ip.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readPrometheus } from "../reads/serving.ts";
import { readWindows } from "../reads/windows.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import { checkServing } from "./check-serving.ts";
import { type Preflight, submit } from "./submit.ts";

/** Where the metrics are. */
export type PrometheusAnnouncement = Omit<AxonAnnouncement, "protocol" | "certificate">;

/** Announces where the hotkey's metrics are; signed by the hotkey. */
export function servePrometheus(
  context: ChainContext,
  signer: Signer,
  prometheus: PrometheusAnnouncement,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkServe(state, signer, prometheus), options);
}

async function checkServe(
  state: State,
  signer: Signer,
  prometheus: PrometheusAnnouncement,
): Promise<Preflight> {
  const { netuid, version, port } = prometheus;
  const id = { netuid, hotkey: hotkeyOf(signer.publicKey) };
  const refused = await checkServing(state, id, prometheus, { zeroAllowed: false });
  if (refused !== undefined) return { kind: "rejected", error: refused };
  const { prometheusBlocks } = await readWindows(state, id);
  if (prometheusBlocks > 0) return { kind: "tooSoon", blocks: prometheusBlocks };
  const { value: ip, ipType: ip_type } = parseIp(prometheus.ip);
  const args = { netuid, version, ip, port, ip_type };
  return {
    kind: "ready",
    plan: {
      call: { pallet: "SubtensorModule", name: "serve_prometheus", args },
      confirm: async (after, block) => (await readPrometheus(after, id))?.block === block,
      blocksLeft: async (now) => (await readWindows(now, id)).prometheusBlocks,
    },
  };
}
