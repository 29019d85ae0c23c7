import type { Arrival } from "../exchange.ts";
import type { ResponseSink } from "./sink.ts";

/** Passes the answer to the client who asked. */
export declare function clientSink(arrival: Arrival): ResponseSink;
