import type { Hex } from "@neurond/primitives";

/** How an extrinsic fares, as `author_extrinsicUpdate` says it. */
export type TransactionStatus =
  | "future"
  | "ready"
  | "dropped"
  | "invalid"
  | { readonly inBlock: Hex }
  | { readonly retracted: Hex }
  | { readonly finalized: Hex }
  | { readonly usurped: Hex };

export type Watcher = (status: TransactionStatus) => void;

/** After these nothing follows. */
const isLast = (status: TransactionStatus) =>
  status === "dropped" ||
  status === "invalid" ||
  (typeof status === "object" && ("finalized" in status || "usurped" in status));

/** Who wants to hear about which extrinsic. */
export class Watchers {
  readonly #byHash = new Map<Hex, Set<Watcher>>();

  add(hash: Hex, watcher: Watcher): void {
    const watching = this.#byHash.get(hash);
    if (watching) watching.add(watcher);
    else this.#byHash.set(hash, new Set([watcher]));
  }

  remove(hash: Hex, watcher: Watcher): void {
    const watching = this.#byHash.get(hash);
    watching?.delete(watcher);
    if (watching?.size === 0) this.#byHash.delete(hash);
  }

  tell(hash: Hex, status: TransactionStatus): void {
    const watching = this.#byHash.get(hash);
    if (!watching) return;
    if (isLast(status)) this.#byHash.delete(hash);
    for (const watcher of [...watching]) watcher(status);
  }
}
