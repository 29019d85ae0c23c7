import { BlockList, isIP } from "node:net";

/** Which proxies stand in front of us, and who is behind them. */
export class TrustedHops {
  readonly #list = new BlockList();
  readonly #any: boolean;

  /** Addresses and CIDR networks; checked where the configuration is read. */
  constructor(hops: readonly string[]) {
    this.#any = hops.length > 0;
    for (const hop of hops) {
      const [address = "", bits] = hop.split("/");
      const family = isIP(address) === 6 ? "ipv6" : "ipv4";
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  has(ip: string): boolean {
    if (!this.#any) return false;
    return this.#list.check(ip, ip.includes(":") ? "ipv6" : "ipv4");
  }

  /**
   * The client of a request that came from a trusted hop: the last address of X-Forwarded-For that is
   * no hop of ours. Everything before it is the client's own word.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    const chain = forwardedFor?.split(",") ?? [];
    let client = peer;
    while (this.has(client)) {
      const before = plainAddress((chain.pop() ?? "").trim());
      if (isIP(before) === 0) break;
      client = before;
    }
    return client;
  }
}

/** Without IPv4's clothes in IPv6, brackets and port. */
export function plainAddress(text: string): string {
  const bare = text.startsWith("[") ? text.slice(1, text.indexOf("]")) : withoutPort(text);
  return bare.startsWith("::ffff:") && bare.includes(".") ? bare.slice(7) : bare;
}

function withoutPort(text: string): string {
  const colon = text.indexOf(":");
  return colon > 0 && text.indexOf(":", colon + 1) < 0 ? text.slice(0, colon) : text;
}
