import type { Hex } from "@neurond/primitives";
import { type ProfileName, profiles } from "../profile.ts";

/** `:code`, where Substrate keeps the runtime; here its name stands in for it. */
export const CODE_KEY: Hex = "0x3a636f6465";

/** Which rules are in force: what exists, and the number that clients know it by. */
export interface RuntimeCode {
  readonly profile: ProfileName;
  readonly specVersion: number;
}

export const encodeCode = ({ profile, specVersion }: RuntimeCode): Uint8Array =>
  new TextEncoder().encode(`neurond-devnet ${profile} ${specVersion}`);

const NAMED = /^neurond-devnet (\w+) (\d{1,9})$/;

/**
 * The runtime that code stands for. Code from elsewhere cannot run here: it counts as a new
 * version of the present rules, which is all that a client under test can tell.
 */
export function decodeCode(code: Uint8Array, present: RuntimeCode): RuntimeCode {
  const match = NAMED.exec(new TextDecoder().decode(code.subarray(0, 64)));
  const [, profile = "", specVersion] = match ?? [];
  if (isProfile(profile)) return { profile, specVersion: Number(specVersion) };
  return { ...present, specVersion: present.specVersion + 1 };
}

export const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name);
