import type { Hex } from "@neurond/primitives";
import { type CallContext, failure, signer } from "../../frame/dispatch.ts";
import { type CallDef, freeCall } from "../../frame/pallet.ts";
import { bytes, u8, u16, u32, u128 } from "../../scale/primitives.ts";
import { events } from "./events.ts";
import { axonRefusal, prometheusRefusal } from "./serving-rules.ts";
import { Axons, NeuronCertificates, Prometheus } from "./storage/neurons.ts";
import { type AxonInfo, MAX_CERTIFICATE_KEY } from "./types.ts";

const endpoint = { netuid: u16, version: u32, ip: u128, port: u16, ip_type: u8 };
const axon = { ...endpoint, protocol: u8, placeholder1: u8, placeholder2: u8 };

interface AxonArguments extends Omit<AxonInfo, "block"> {
  readonly netuid: number;
}

function serveAxon(context: CallContext, args: AxonArguments): Hex {
  const hotkey = signer(context);
  const refusal = axonRefusal(context, hotkey, args);
  if (refusal) throw failure(refusal);
  const { netuid, ...info } = args;
  Axons.set(context.state, [netuid, hotkey], { ...info, block: BigInt(context.block) });
  context.emit(events.AxonServed(netuid, hotkey));
  return hotkey;
}

/** The first byte names the algorithm; what does not fit is silently not stored. */
function storeCertificate(
  { state }: CallContext,
  netuid: number,
  hotkey: Hex,
  certificate: Uint8Array,
): void {
  const [algorithm, ...key] = certificate;
  if (algorithm === undefined || key.length > MAX_CERTIFICATE_KEY) return;
  NeuronCertificates.set(state, [netuid, hotkey], { algorithm, public_key: Uint8Array.from(key) });
}

/** Calls by which a hotkey says where it can be reached. */
export const servingCalls: readonly CallDef[] = [
  freeCall(4, "serve_axon", axon, (context, args) => void serveAxon(context, args)),
  freeCall(40, "serve_axon_tls", { ...axon, certificate: bytes }, (context, args) => {
    const { certificate, ...info } = args;
    storeCertificate(context, info.netuid, serveAxon(context, info), certificate);
  }),
  freeCall(5, "serve_prometheus", endpoint, (context, args) => {
    const hotkey = signer(context);
    const refusal = prometheusRefusal(context, hotkey, args);
    if (refusal) throw failure(refusal);
    const { netuid, ...info } = args;
    Prometheus.set(context.state, [netuid, hotkey], { ...info, block: BigInt(context.block) });
    context.emit(events.PrometheusServed(netuid, hotkey));
  }),
];
