import type { Axon } from "@neurond/chain";
import type { z } from "zod";
import type { AxonShape } from "./schemas.ts";

/** An axon as results show it. */
export function plainAxon(axon: Axon | undefined): z.infer<typeof AxonShape> {
  if (axon === undefined) return null;
  const { ip, port, protocol, version, block } = axon;
  return { ip, port, protocol, version, block };
}

/** An axon in one word; empty when there is none. */
export function axonText(axon: z.infer<typeof AxonShape>): string {
  if (axon === null) return "";
  return axon.ip.includes(":") ? `[${axon.ip}]:${axon.port}` : `${axon.ip}:${axon.port}`;
}
