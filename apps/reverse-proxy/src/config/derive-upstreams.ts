import { readFileSync } from "node:fs";
import { CodedError } from "@neurond/primitives";
import type { ProxyCode } from "../errors.ts";
import type { UpstreamSettings } from "../upstream/settings.ts";
import type { Config } from "./config.ts";
import { UpstreamEntry } from "./upstreams.ts";

/** Every upstream by name: those of the configuration, and the two of the first proxy's settings. */
export function deriveUpstreams(config: Config): Readonly<Record<string, UpstreamSettings>> {
  const { training_server_url, inference_server_url } = config.services;
  const entries = {
    training: UpstreamEntry.parse({ urls: [training_server_url] }),
    inference: UpstreamEntry.parse({ urls: [inference_server_url] }),
    ...config.upstreams,
  };
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, settingsOf(name, entry)]),
  );
}

function settingsOf(name: string, entry: UpstreamEntry): UpstreamSettings {
  const { healthPath, health, adaptive, tls, ...same } = entry;
  const pem = (file: string | undefined) => (file === undefined ? null : readPem(name, file));
  return {
    ...same,
    health: healthPath === undefined ? null : { path: healthPath, ...health },
    adaptive: adaptive ?? null,
    tls: tls
      ? {
          ca: pem(tls.caFile),
          cert: pem(tls.certFile),
          key: pem(tls.keyFile),
          serverName: tls.serverName ?? null,
        }
      : null,
  };
}

function readPem(upstream: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CodedError<ProxyCode>(
      "SETTINGS_UNUSABLE",
      `upstreams.${upstream}.tls: cannot read ${file}; check the path and its permissions`,
      { upstream, file },
      { cause },
    );
  }
}
