import type { Capacity } from "../capacity.ts";
import type { Config } from "../config/config.ts";
import type { Exchange } from "../exchange.ts";
import { headerOf } from "../policies/header-of.ts";
import type { Endpoint } from "./endpoint.ts";

/** `GET /capacity`: what we can do just now, in the shape that is configured or, where both are, asked for. */
export function readCapacity(format: Config["capacity"]["format"], now: () => Capacity): Endpoint {
  return (exchange) => ({ status: 200, body: now()[format === "both" ? asked(exchange) : format] });
}

function asked({ head }: Exchange): "flags" | "lists" {
  const [, query = ""] = head.target.split("?");
  const said = new URLSearchParams(query).get("format") ?? headerOf(head.headers, "accept-profile");
  return said === "lists" ? "lists" : "flags";
}
