import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { isPrivateAddress } from "@neurond/chain";
import { CodedError } from "@neurond/primitives";
import type { RegistryCode } from "@neurond/registry";

/** Finds the IP addresses of a name. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Whom a stranger's words may lead us to. */
export interface AddressRules {
  /** Private and loopback addresses too: for networks on one machine or of one owner. */
  readonly allowPrivate?: boolean;
  /** Asks the name servers of this machine unless given. */
  readonly resolve?: ResolveName;
}

/**
 * The addresses behind a host, each checked: connect to these and resolve no second time. A name with
 * one private address is refused whole, for nothing else says which of them would be used.
 * @throws CodedError ADDRESS_PRIVATE, HOST_UNRESOLVED
 */
export async function checkedAddresses(
  host: string,
  { allowPrivate = false, resolve = nameResolver() }: AddressRules,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(bare) === 0 ? await resolve(bare, signal) : [bare];
  if (addresses.length === 0) {
    throw new CodedError<RegistryCode>("HOST_UNRESOLVED", `${host} has no address`, { host });
  }
  const inside = allowPrivate ? undefined : addresses.find(isPrivateAddress);
  if (inside === undefined) return addresses;
  const text = inside === bare ? `${host} is a private address` : `${host} leads to ${inside}`;
  throw new CodedError<RegistryCode>("ADDRESS_PRIVATE", `${text}; it is not asked`, { host });
}

/** Longest wait for one name server, and how often it is asked. */
const DNS = { timeout: 2_000, tries: 2 } as const;

/**
 * Asks name servers themselves, those of this machine unless given as `ip:port`: slow names then hold
 * up none of the threads that files are read with. The hosts file is not read.
 */
export function nameResolver(servers?: readonly string[]): ResolveName {
  return async (name, signal) => {
    signal.throwIfAborted();
    const resolver = new Resolver(DNS);
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const answers = [resolver.resolve4(name), resolver.resolve6(name)];
      const found = await Promise.allSettled(answers);
      signal.throwIfAborted();
      return found.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
}
