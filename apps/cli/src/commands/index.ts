import type { Action } from "../action.ts";

/** A top-level command; its module is loaded only when the line names it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Its subcommands; or one action of the same name, for a command without any. */
  readonly load: () => Promise<readonly Action[]>;
}

/** Every command of `neurond`, in the order of its help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "keys",
    summary: "list, show and make keys, sign and verify with them",
    load: async () => (await import("./keys/index.ts")).keysActions,
  },
];
