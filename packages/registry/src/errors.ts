import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const REGISTRY_ERRORS = {
  ADDRESS_PRIVATE: {
    cause: "the address, or one its name resolves to, lies inside somebody's own network",
    remedy: "register a public address; in a network of your own, allow private addresses",
  },
  ANSWER_OVERLONG: {
    cause: "an endpoint answered with more bytes than it may",
    remedy: "nothing: the rest was not read; the endpoint is at fault",
  },
  CA_INVALID: {
    cause: "what was given as an authority holds no certificate",
    remedy: "give a file in PEM: -----BEGIN CERTIFICATE-----",
  },
  ENTRY_INVALID: {
    cause: "an address and port cannot be registered",
    remedy: "correct what the message names",
  },
  HOST_UNRESOLVED: {
    cause: "the name server knows no address of a host name",
    remedy: "check the name and its A and AAAA records",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type RegistryCode = keyof typeof REGISTRY_ERRORS;
