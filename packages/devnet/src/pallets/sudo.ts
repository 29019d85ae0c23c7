import {
  badOrigin,
  type CallContext,
  failure,
  type NestedCall,
  signer,
} from "../frame/dispatch.ts";
import { eventsOf } from "../frame/event.ts";
import { accountOf } from "../frame/lookup.ts";
import { call, errorsOf, type Pallet } from "../frame/pallet.ts";
import { storageOf } from "../frame/storage.ts";
import { option } from "../scale/compose.ts";
import {
  accountId,
  type DispatchError,
  dispatchError,
  multiAddress,
  result,
  weight,
} from "../scale/known.ts";
import { unit } from "../scale/primitives.ts";
import type { Type, ValueOf } from "../scale/type.ts";
import type { StateReader } from "../state/state.ts";

const SUDO = { name: "Sudo", index: 12 } as const;

/** The account that may act as root. */
export const sudoKey = storageOf(SUDO.name).optional("Key", [], accountId);

const event = eventsOf(SUDO);
/** The inner call's outcome; the extrinsic itself succeeds either way. */
export const dispatchResult = result(unit, dispatchError);

/** The `Result` of a nested call. */
export const outcomeOf = (refused: DispatchError | undefined): ValueOf<typeof dispatchResult> =>
  refused ? { tag: "Err", value: [refused] } : { tag: "Ok", value: [undefined] };

const sudid = event.named(0, "Sudid", { sudo_result: dispatchResult });
const keyChanged = event.named(1, "KeyChanged", { old: option(accountId), new: accountId });

const requireSudo = errorsOf(SUDO)(0, "RequireSudo");

/** Whether an account may submit calls of this pallet at all; checked before the pool. */
export const isSudo = (state: StateReader, account: string): boolean =>
  sudoKey.get(state) === account;

/** Pallet `Sudo`: one key that acts as root. */
export function sudoPallet(runtimeCall: Type<NestedCall>): Pallet {
  return {
    ...SUDO,
    storage: [sudoKey],
    calls: [
      call(0, "sudo", { call: runtimeCall }, (context, args) => asRoot(context, args.call)),
      call(1, "sudo_unchecked_weight", { call: runtimeCall, weight }, (context, args) =>
        asRoot(context, args.call),
      ),
      call(2, "set_key", { new: multiAddress }, (context, args) => {
        ensureSudo(context);
        const old = sudoKey.get(context.state);
        const key = accountOf(args.new);
        sudoKey.set(context.state, [], key);
        context.emit(keyChanged({ old, new: key }));
      }),
    ],
    events: [sudid.def, keyChanged.def],
    errors: [requireSudo],
    constants: [],
  };
}

function asRoot(context: CallContext, inner: NestedCall): void {
  ensureSudo(context);
  const refused = context.dispatch(inner, { kind: "root" });
  context.emit(sudid({ sudo_result: outcomeOf(refused) }));
}

function ensureSudo(context: CallContext): void {
  if (context.origin.kind === "root") return;
  if (context.origin.kind === "none") throw badOrigin();
  if (!isSudo(context.state, signer(context))) throw failure(requireSudo);
}
