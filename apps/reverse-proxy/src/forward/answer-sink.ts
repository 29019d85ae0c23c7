import type { SigningKey } from "@neurond/epistula";
import { hotkeyOf } from "@neurond/primitives";
import type { Exchange } from "../exchange.ts";
import { axonSink } from "./axon-sink.ts";
import { clientSink } from "./client-sink.ts";
import { heartbeatSink } from "./heartbeat-sink.ts";
import { provingSink } from "./proving-sink.ts";
import type { ResponseSink } from "./sink.ts";

/** What we add to the answers of backends. */
export interface AnswerOptions {
  /** Key of our hotkey, where this process has it: callers may then ask for proof. */
  readonly signer: SigningKey | null;
  /** A silent event stream is kept awake so often; 0 leaves it alone. */
  readonly heartbeatMs: number;
}

/** Passes an answer to its client, with what we add: a beat is proven like any other byte. */
export function answerSink(exchange: Exchange, options: AnswerOptions): ResponseSink {
  const { signer, heartbeatMs } = options;
  const client = axonSink(clientSink(exchange), exchange);
  const proving =
    signer === null
      ? client
      : provingSink(client, exchange, (hotkey) =>
          signer.scheme === "sr25519" && hotkeyOf(signer.publicKey) === hotkey ? signer : undefined,
        );
  return heartbeatSink(proving, heartbeatMs);
}
