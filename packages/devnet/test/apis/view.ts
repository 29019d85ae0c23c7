import { stateApis } from "../../src/apis/state.ts";
import type { ApiMethod, ApiView } from "../../src/frame/pallet.ts";
import { writeGenesis } from "../../src/genesis/genesis.ts";
import { struct } from "../../src/scale/compose.ts";
import { decode } from "../../src/scale/decode.ts";
import type { AnyType, Type } from "../../src/scale/type.ts";
import { State } from "../../src/state/state.ts";

/** The chain of preset `subnet`, as of block 5. */
export function viewOfReadySubnet(): ApiView & { readonly state: State } {
  const state = new State();
  writeGenesis(state, { preset: "subnet" });
  return { state, block: 5, hash: `0x${"00".repeat(32)}` };
}

function methodNamed(name: string): ApiMethod {
  const found = stateApis.flatMap(({ methods }) => methods).find((method) => method.name === name);
  if (!found) throw new Error(`no method ${name}`);
  return found;
}

/** Calls a method as `state_call` does, with encoded arguments, and decodes the answer by its type. */
export function ask(view: ApiView, name: string, args: Readonly<Record<string, unknown>> = {}) {
  const method = methodNamed(name);
  const inputs: Record<string, AnyType> = {};
  for (const input of method.inputs) inputs[input.name] = input.type;
  const type = struct([], inputs) as Type<unknown>;
  const encoded = type.codec.enc(args);
  return decode(method.output as Type<unknown>, method.run(view, encoded));
}
