import { isCoded } from "@neurond/primitives";
import type { ApiMethod, ApiView } from "../frame/pallet.ts";
import type { Runtime } from "../runtime.ts";
import { clientError } from "./error.ts";

const methodsOf = new WeakMap<Runtime, ReadonlyMap<string, ApiMethod>>();

function exported(runtime: Runtime): ReadonlyMap<string, ApiMethod> {
  const known = methodsOf.get(runtime);
  if (known) return known;
  const methods = new Map(
    runtime.apis.flatMap((api) =>
      api.methods.map((method) => [`${api.name}_${method.name}`, method] as const),
    ),
  );
  methodsOf.set(runtime, methods);
  return methods;
}

/**
 * Calls a function of the runtime API, named `Api_method`, with SCALE arguments.
 *
 * @throws RpcError 4003, in the words that clients take for "this runtime does not have it"
 */
export function callRuntime(
  runtime: Runtime,
  view: ApiView,
  name: string,
  args: Uint8Array,
): Uint8Array {
  const method = exported(runtime).get(name);
  if (!method) {
    throw clientError(`Execution failed: Other: Exported method ${name} is not found`);
  }
  try {
    return method.run(view, new Uint8Array(args));
  } catch (error) {
    // The codec throws these on arguments that end early or fit no variant; the rest is our bug.
    const isInput = error instanceof RangeError || error instanceof TypeError || isCoded(error);
    if (!isInput) throw error;
    throw clientError(`Execution failed: Execution aborted due to trap: ${error.message}`);
  }
}
