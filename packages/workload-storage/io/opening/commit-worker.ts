import { parentPort } from "node:worker_threads";
import { pedersenSuite } from "@neurond/crypto";
import { VectorCommitter } from "@neurond/workload-storage/commit";
import type { CommitJob, CommitResult } from "./vector-thread.ts";

const port = parentPort;
port?.on("message", ({ suite, sectors, sealed }: CommitJob) => {
  const committer = new VectorCommitter({
    suite: pedersenSuite(suite),
    sectors,
    blinding: null,
  });
  committer.update(new Uint8Array(sealed));
  const result: CommitResult = committer.finish();
  port.postMessage(result);
});
