import { toBlockNumber } from "@neurond/primitives";
import { asBigint, asBlockNumber, asBytes, asNumber, asRecord } from "../codec/value.ts";
import { formatIp } from "../ip.ts";
import type { NeuronId } from "../neuron.ts";
import type { Axon, Certificate, Prometheus } from "../serving.ts";
import type { State } from "../state.ts";

/** The address a hotkey serves at; undefined when it never announced one or lost its uid. */
export async function readAxon(state: State, id: NeuronId): Promise<Axon | undefined> {
  return axonOf(await state.get("SubtensorModule", "Axons", id.netuid, id.hotkey));
}

/** Where a hotkey's metrics are. */
export async function readPrometheus(state: State, id: NeuronId): Promise<Prometheus | undefined> {
  const stored = await state.get("SubtensorModule", "Prometheus", id.netuid, id.hotkey);
  if (stored === undefined) return undefined;
  const record = asRecord(stored);
  return {
    block: asBlockNumber(record["block"]),
    version: asNumber(record["version"]),
    ...addressOf(record),
  };
}

/** The TLS key a hotkey published; undefined also on runtimes from before certificates. */
export async function readCertificate(
  state: State,
  id: NeuronId,
): Promise<Certificate | undefined> {
  const item = ["SubtensorModule", "NeuronCertificates"] as const;
  const stored = await state.find(...item, id.netuid, id.hotkey);
  if (stored === undefined) return undefined;
  const { algorithm, public_key } = asRecord(stored);
  return { algorithm: asNumber(algorithm), publicKey: asBytes(public_key) };
}

/** A stored axon; the runtime API writes a zero record where there is none. */
export function axonOf(stored: unknown): Axon | undefined {
  if (stored === undefined) return undefined;
  const record = asRecord(stored);
  const block = asNumber(record["block"]);
  if (block === 0) return undefined;
  return {
    block: toBlockNumber(block),
    version: asNumber(record["version"]),
    ...addressOf(record),
    protocol: asNumber(record["protocol"]),
  };
}

function addressOf(record: Readonly<Record<string, unknown>>): { ip: string; port: number } {
  const { ip, ip_type, port } = record;
  return { ip: formatIp(asBigint(ip), asNumber(ip_type)), port: asNumber(port) };
}
