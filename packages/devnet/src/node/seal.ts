import type { Hex } from "@neurond/primitives";
import type { Change, State } from "../state/state.ts";
import type { Block } from "./blocks.ts";
import { CODE_KEY, decodeCode, type RuntimeCode } from "./code.ts";
import { type DigestItem, extrinsicsRoot, type Header, headerHash } from "./header.ts";

/** The block of a header; `before` is the runtime that its changes may have replaced. */
export const blockOf = (
  header: Header,
  extrinsics: readonly Uint8Array[],
  changes: readonly Change[],
  before: RuntimeCode,
): Block => ({
  number: header.number,
  hash: headerHash(header),
  header,
  extrinsics,
  code: codeAfter(changes, before),
});

/** Closes the state at `number` and gives the content its header, and so its name. */
export function seal(
  state: State,
  content: {
    readonly number: number;
    readonly parent: Hex;
    readonly logs: readonly DigestItem[];
    readonly extrinsics: readonly Uint8Array[];
    readonly before: RuntimeCode;
  },
): { readonly block: Block; readonly changes: Change[] } {
  const { number, parent, logs, extrinsics, before } = content;
  const changes = state.commit(number);
  const header: Header = {
    parent_hash: parent,
    number,
    state_root: state.root(),
    extrinsics_root: extrinsicsRoot(extrinsics),
    digest: { logs: [...logs] },
  };
  return { block: blockOf(header, extrinsics, changes, before), changes };
}

function codeAfter(changes: readonly Change[], before: RuntimeCode): RuntimeCode {
  const changed = changes.find(([key]) => key === CODE_KEY)?.[1];
  if (!changed) return before;
  const after = decodeCode(changed, before);
  const isSame = after.profile === before.profile && after.specVersion === before.specVersion;
  return isSame ? before : after;
}
