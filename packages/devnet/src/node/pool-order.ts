import type { Pooled } from "./pool.ts";

/**
 * Ready extrinsics in the order in which a block takes them: higher priority first, then older
 * first, but never before the same account's lower nonce.
 */
export function inBlockOrder(ready: readonly Pooled[]): Pooled[] {
  const sorted = [...ready].sort(
    (a, b) => compare(b.priority, a.priority) || a.sequence - b.sequence,
  );
  const lowest = new Map<string, number>();
  for (const { account, nonce } of ready) {
    if (account) lowest.set(account, Math.min(lowest.get(account) ?? nonce, nonce));
  }
  const ordered: Pooled[] = [];
  const waiting = new Map<string, Pooled>();
  for (const item of sorted) {
    const { account, nonce } = item;
    if (!account) {
      ordered.push(item);
    } else if (lowest.get(account) === nonce) {
      takeInTurn(item, account, ordered, waiting, lowest);
    } else {
      waiting.set(`${account}:${nonce}`, item);
    }
  }
  return ordered;
}

const compare = (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1);

/** Takes an extrinsic and those of its account that only waited for it. */
function takeInTurn(
  first: Pooled,
  account: string,
  ordered: Pooled[],
  waiting: Map<string, Pooled>,
  next: Map<string, number>,
): void {
  for (let item: Pooled | undefined = first; item; ) {
    ordered.push(item);
    const nonce: number = item.nonce + 1;
    next.set(account, nonce);
    item = waiting.get(`${account}:${nonce}`);
  }
}
