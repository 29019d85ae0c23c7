import type { Hex } from "@neurond/primitives";
import type { PalletError } from "../../frame/dispatch.ts";
import type { StateReader } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { hasElapsed } from "./rate-limit.ts";
import { ServingRateLimit } from "./storage/limits.ts";
import { Axons, Prometheus, Uids } from "./storage/neurons.ts";

/** What decides about an announcement: storage and the height of the block being built. */
export interface ServingView {
  readonly state: StateReader;
  readonly block: number;
}

/** The part of an announcement that can be refused. */
export interface Endpoint {
  readonly netuid: number;
  readonly ip: bigint;
  readonly ip_type: number;
  readonly port: number;
}

const V4_BROADCAST = 0xffff_ffffn;
const V4_LOOPBACK = 0x7f00_0001n;
const V6_ALL_ONES = 2n ** 128n - 1n;
const V6_LOOPBACK = 1n;

/** Why `serve_axon` is refused, if it is. Address zero passes: it clears a former entry. */
export function axonRefusal(view: ServingView, hotkey: Hex, endpoint: Endpoint) {
  return (
    registrationRefusal(view, hotkey, endpoint) ??
    addressRefusal(endpoint) ??
    tooSoon(view, Axons.get(view.state, endpoint.netuid, hotkey), endpoint.netuid) ??
    portRefusal(endpoint)
  );
}

/** Why `serve_prometheus` is refused, if it is. Other order, and address zero does not pass. */
export function prometheusRefusal(view: ServingView, hotkey: Hex, endpoint: Endpoint) {
  return (
    addressRefusal(endpoint) ??
    (endpoint.ip === 0n ? errors.InvalidIpAddress : undefined) ??
    registrationRefusal(view, hotkey, endpoint) ??
    tooSoon(view, Prometheus.get(view.state, endpoint.netuid, hotkey), endpoint.netuid) ??
    portRefusal(endpoint)
  );
}

const registrationRefusal = (view: ServingView, hotkey: Hex, { netuid }: Endpoint) =>
  Uids.has(view.state, netuid, hotkey) ? undefined : errors.HotKeyNotRegisteredInNetwork;

const portRefusal = ({ port }: Endpoint) => (port === 0 ? errors.InvalidPort : undefined);

function addressRefusal({ ip, ip_type }: Endpoint): PalletError | undefined {
  if (ip_type !== 4 && ip_type !== 6) return errors.InvalidIpType;
  const refused =
    ip_type === 4
      ? ip >= V4_BROADCAST || ip === V4_LOOPBACK
      : ip === V6_ALL_ONES || ip === V6_LOOPBACK;
  return refused ? errors.InvalidIpAddress : undefined;
}

function tooSoon(
  { state, block }: ServingView,
  previous: { readonly block: bigint } | undefined,
  netuid: number,
): PalletError | undefined {
  const limit = ServingRateLimit.get(state, netuid);
  return hasElapsed(previous?.block ?? 0n, block, limit)
    ? undefined
    : errors.ServingRateLimitExceeded;
}
