import { author } from "./author.ts";
import { chain } from "./chain.ts";
import { dev } from "./dev.ts";
import type { Method, Namespace, Subscription } from "./method.ts";
import { payment } from "./payment.ts";
import { state } from "./state.ts";
import { subtensor } from "./subtensor.ts";
import { system } from "./system.ts";

/** What a method name stands for. */
export type Target =
  | { readonly kind: "method"; readonly run: Method }
  | { readonly kind: "subscribe"; readonly subscription: Subscription }
  | { readonly kind: "unsubscribe"; readonly subscription: Subscription };

const rpc: Namespace = {
  methods: {
    rpc_methods: (_services, params) => {
      params.atMost(0);
      return { methods: [...targets.keys()].sort() };
    },
  },
};

/** One namespace per file; the order does not matter. */
const namespaces: readonly Namespace[] = [
  author,
  chain,
  dev,
  payment,
  rpc,
  state,
  subtensor,
  system,
];

function collect(): ReadonlyMap<string, Target> {
  const found = new Map<string, Target>();
  for (const { methods, subscriptions = [] } of namespaces) {
    for (const [name, run] of Object.entries(methods)) found.set(name, { kind: "method", run });
    for (const subscription of subscriptions) {
      found.set(subscription.subscribe, { kind: "subscribe", subscription });
      found.set(subscription.unsubscribe, { kind: "unsubscribe", subscription });
    }
  }
  for (const { aliases = {} } of namespaces) {
    for (const [alias, name] of Object.entries(aliases)) {
      const target = found.get(name);
      if (target) found.set(alias, target);
    }
  }
  return found;
}

/** Every name that is served, aliases included. */
export const targets: ReadonlyMap<string, Target> = collect();
