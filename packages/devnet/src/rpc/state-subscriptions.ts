import { type Hex, toHex } from "@neurond/primitives";
import type { RuntimeVersion } from "../runtime.ts";
import { invalidParams } from "./error.ts";
import { type Subscription, stateOf } from "./method.ts";

/** Keys of one subscription; a client that wants more reads by prefix. */
const MAX_KEYS = 10_000;

/** The version record as JSON; old and new clients look for either name of the state version. */
export const runtimeVersionJson = (version: RuntimeVersion) => ({
  ...version,
  systemVersion: version.stateVersion,
});

/** All keys at once, later only those that changed. */
export const subscribeStorage: Subscription["start"] = (services, params, notify) => {
  const { node } = services;
  const keys = params.atMost(1).hexList(0);
  if (keys.length > MAX_KEYS) throw invalidParams(`more than ${MAX_KEYS} keys`);
  const told = new Map<Hex, Hex | null>();
  const tell = (block: Hex, candidates: readonly Hex[]) => {
    const state = stateOf(services, node.best);
    const changes = candidates.flatMap((key): [Hex, Hex | null][] => {
      const bytes = state.get(key);
      const value = bytes ? toHex(bytes) : null;
      if (told.get(key) === value) return [];
      told.set(key, value);
      return [[key, value]];
    });
    if (changes.length > 0) notify({ block, changes });
  };
  tell(node.best.hash, keys);
  return node.imported.listen(({ block, changes, reorganised }) => {
    tell(block.hash, reorganised ? keys : keys.filter((key) => changes.has(key)));
  });
};

/** The version at once, later each time the rules changed. */
export const subscribeRuntimeVersion: Subscription["start"] = ({ node }, params, notify) => {
  params.atMost(0);
  let told = node.best.code;
  const tell = () => notify(runtimeVersionJson(node.runtimeAt(node.best).version));
  tell();
  return node.imported.listen(({ block }) => {
    if (block.code === told) return;
    told = block.code;
    tell();
  });
};
