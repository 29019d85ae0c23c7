import { ReplyError } from "ioredis";
import { storeError } from "../errors.ts";

/** A failure of Redis or of the way to it as a coded error. */
export function explainRedis(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // Redis itself answered; LOADING and the like pass by themselves.
  if (
    error instanceof ReplyError &&
    !/^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN)/.test(error.message)
  ) {
    return storeError("REDIS_REFUSED", `redis refused the call: ${error.message}`, {}, error);
  }
  const message = `redis did not answer, check that it runs: ${error.message}`;
  return storeError("REDIS_UNREACHABLE", message, {}, error);
}
