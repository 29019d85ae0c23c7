import type { BlockNumber } from "@neurond/primitives";

/** Where a neuron says it can be reached. Unverified: filter private ranges before connecting. */
export interface Axon {
  /** Block of the announcement. */
  readonly block: BlockNumber;
  readonly version: number;
  /** Dotted IPv4 or RFC 5952 IPv6. */
  readonly ip: string;
  readonly port: number;
  readonly protocol: number;
}

/** Where a neuron says its metrics are. */
export interface Prometheus {
  readonly block: BlockNumber;
  readonly version: number;
  readonly ip: string;
  readonly port: number;
}

/** Public key a neuron published with its axon, for TLS. */
export interface Certificate {
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
}
