import type { Hotkey } from "@neurond/primitives";
import type { Endpoint } from "./endpoint.ts";

const PREFIX = "/check/";

/** `GET /check/{identifier}`: whether this is the miner of a hotkey; registry and orchestrator ask it. */
export function check(hotkeys: readonly Hotkey[]): Endpoint {
  const own = new Set<string>(hotkeys);
  return ({ path }) => {
    const identifier = path.slice(PREFIX.length);
    return own.has(identifier)
      ? { status: 200, body: { status: "ok", identifier } }
      : { status: 404, body: { detail: "Identifier not recognized" } };
  };
}
