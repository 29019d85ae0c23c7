import type { EdgeSettings, EdgeTls } from "../edge/settings.ts";
import type { Config } from "./config.ts";

/** How the public door listens. It is bound once: a change takes a restart. */
export function deriveEdge({ server, tls }: Config): EdgeSettings {
  return {
    host: server.host,
    port: server.port,
    tls: tlsOf(tls),
    http2: server.http2,
    proxyProtocol: server.proxyProtocol,
    trustedHops: server.trustedHops,
    headersTimeoutMs: server.headersTimeoutMs,
    keepAliveMs: server.keepAliveMs,
    maxRequestsPerConnection: server.maxRequestsPerConnection,
    maxHeaderBytes: server.maxHeaderBytes,
    maxHeaderCount: server.maxHeaderCount,
    maxConnections: server.maxConnections,
    maxConnectionsPerIp: server.maxConnectionsPerIp,
  };
}

function tlsOf({ certFile, keyFile, more, clientCaFile, hstsSec }: Config["tls"]): EdgeTls | null {
  if (certFile === undefined || keyFile === undefined) return null;
  return {
    certificates: [{ certFile, keyFile, names: [] }, ...more],
    clientCaFile: clientCaFile ?? null,
    hstsSec,
  };
}
