import { toHex } from "@neurond/primitives";
import type { TransactionStatus } from "../node/watchers.ts";
import type { Method, Namespace, Subscription } from "./method.ts";
import { poolError } from "./pool-error.ts";

const submitExtrinsic: Method = ({ node, producer }, params) => {
  const admission = node.submit(params.atMost(1).bytes(0));
  if (admission.kind !== "accepted") throw poolError(admission);
  producer.submitted();
  return admission.hash;
};

const submitAndWatch: Subscription["start"] = ({ node, producer }, params, notify) => {
  const watcher = (status: TransactionStatus) => notify(status);
  const admission = node.submit(params.atMost(1).bytes(0), watcher);
  if (admission.kind !== "accepted") throw poolError(admission);
  producer.submitted();
  return () => node.pool.watchers.remove(admission.hash, watcher);
};

/** The way into the pool. Keys are not kept here, so their methods do not exist. */
export const author: Namespace = {
  methods: {
    author_submitExtrinsic: submitExtrinsic,
    author_pendingExtrinsics: ({ node }, params) => {
      params.atMost(0);
      return node.pool.pending().map((bytes) => toHex(bytes));
    },
  },
  subscriptions: [
    {
      subscribe: "author_submitAndWatchExtrinsic",
      unsubscribe: "author_unwatchExtrinsic",
      notification: "author_extrinsicUpdate",
      start: submitAndWatch,
    },
  ],
};
