import { dropUnknown, type UnknownKey } from "@neurond/runtime";
import { Config } from "./config.ts";
import { adaptConfig } from "./exports/adapt-config.ts";

/** Keys of a configuration that mean nothing to the daemon, for whoever reads the same file without it. */
export function unknownKeysOf(file: Readonly<Record<string, unknown>>): readonly UnknownKey[] {
  const found: UnknownKey[] = [];
  dropUnknown(Config, structuredClone(adaptConfig(file)), (unknown) => found.push(unknown));
  return found;
}
