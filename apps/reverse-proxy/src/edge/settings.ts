/** Where and how the door listens: plain values, checked before they get here. */
export interface EdgeSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Null speaks plain HTTP/1.1. */
  readonly tls: EdgeTls | null;
  /** Whether HTTP/2 is offered over TLS. */
  readonly http2: boolean;
  /** Whether trusted hops begin each connection with a PROXY header, version 1 or 2. */
  readonly proxyProtocol: boolean;
  /** Addresses or CIDR networks of the proxies in front of us, whose word on the client counts. */
  readonly trustedHops: readonly string[];
  readonly headersTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxRequestsPerConnection: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaderCount: number;
  readonly maxConnections: number;
  /** Not applied to trusted hops: all callers behind one share its address. */
  readonly maxConnectionsPerIp: number;
}

export interface EdgeTls {
  /** The first serves names that no other is for, and clients that send none. */
  readonly certificates: readonly EdgeCertificate[];
  /** PEM of the authorities a client's certificate must come from; null asks for none. */
  readonly clientCaFile: string | null;
  /** Seconds of Strict-Transport-Security; 0 sends none. */
  readonly hstsSec: number;
}

/** PEM files; a chain begins with the server's own. */
export interface EdgeCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** Host names, `*.` for one label; empty: those in the certificate. */
  readonly names: readonly string[];
}

/** What suits a public door; host and port are the operator's. */
export const EDGE_DEFAULTS = {
  tls: null,
  http2: true,
  proxyProtocol: false,
  trustedHops: [],
  headersTimeoutMs: 5_000,
  keepAliveMs: 65_000,
  maxRequestsPerConnection: 10_000,
  maxHeaderBytes: 16_384,
  maxHeaderCount: 100,
  maxConnections: 20_000,
  maxConnectionsPerIp: 512,
} as const satisfies Omit<EdgeSettings, "host" | "port">;

/** What a listener has to say that is no request: for the log and for counters. */
export type EdgeEvent =
  | { readonly kind: "connection-refused"; readonly ip: string; readonly reason: ConnectionRefusal }
  /** Bytes that are no request of ours; `code` as in the answer. */
  | { readonly kind: "request-refused"; readonly ip: string; readonly code: string }
  | { readonly kind: "tls-reloaded" }
  /** New certificate files are broken or do not fit together: the old ones go on serving. */
  | { readonly kind: "tls-kept"; readonly reason: string }
  /** The handler threw: a bug; the request was answered with 500. */
  | { readonly kind: "fault"; readonly requestId: string; readonly error: unknown };

export type ConnectionRefusal = "too-many" | "too-many-of-ip" | "proxy-header";
