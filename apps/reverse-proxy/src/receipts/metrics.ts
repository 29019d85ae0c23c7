import { Counter, Gauge, type Registry } from "@neurond/runtime";

/** What receipts count. */
export type ReceiptMetrics = ReturnType<typeof createReceiptMetrics>;

/** Registers the metrics of receipts. */
export function createReceiptMetrics(registry: Registry) {
  const registers = [registry];
  return {
    written: new Counter({
      name: "neuron_proxy_receipts_total",
      help: "Receipts written",
      registers,
    }),
    lost: new Counter({
      name: "neuron_proxy_receipts_lost_total",
      help: "Receipts that could not be kept; the ledger holds a gap for them",
      registers,
    }),
    handedIn: new Counter({
      name: "neuron_proxy_receipts_handed_in_total",
      help: "Looks at validators that receipts are handed to, by what came of them",
      labelNames: ["result"],
      registers,
    }),
    pending: new Gauge({
      name: "neuron_proxy_receipts_pending",
      help: "Receipts not yet written",
      registers,
    }),
    signedAt: new Gauge({
      name: "neuron_proxy_receipts_signed_timestamp_seconds",
      help: "When the head of the receipts was made last, as Unix seconds",
      registers,
    }),
  };
}
