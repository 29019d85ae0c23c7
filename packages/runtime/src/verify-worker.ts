import { parentPort } from "node:worker_threads";
import { verifySr25519Fast } from "@neurond/crypto";
import type { VerifyRequest } from "./verify-pool.ts";

/** Answers a batch of checks with one byte each; batches spare the cost of messages. */
parentPort?.on("message", (checks: readonly VerifyRequest[]) => {
  const verdicts = checks.map((check) =>
    verifySr25519Fast(check.publicKey, check.message, check.signature),
  );
  parentPort?.postMessage(verdicts);
});
