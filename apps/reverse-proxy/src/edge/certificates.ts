import { createHash, X509Certificate } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { CodedError } from "@neurond/primitives";
import type { EdgeCode } from "./errors.ts";
import type { EdgeCertificate, EdgeTls } from "./settings.ts";

/** Several files of one renewal are written one after the other. */
const SETTLE_MS = 200;

/** Certificates in force: replaced all together, or not at all. */
export interface Certificates {
  /** For clients that name no host, or one that no certificate is for. */
  readonly fallback: SecureContextOptions;
  readonly contextOf: (host: string) => SecureContext;
  /** Of all files: the same for the same bytes. */
  readonly digest: string;
}

/** @throws CodedError TLS_FILES_INVALID */
export async function loadCertificates({
  certificates,
  clientCaFile,
}: EdgeTls): Promise<Certificates> {
  const ca = clientCaFile === null ? undefined : await read(clientCaFile);
  const loaded = await Promise.all(certificates.map((entry) => load(entry, ca)));
  const [first] = loaded;
  if (!first) throw invalid("no certificate is configured");
  const byName = new Map<string, SecureContext>();
  for (const { names, context } of loaded) {
    for (const name of names) if (!byName.has(name)) byName.set(name, context);
  }
  const digest = createHash("sha256");
  for (const { bytes } of loaded) for (const file of bytes) digest.update(file);
  return {
    digest: digest.update(ca ?? "").digest("hex"),
    fallback: first.options,
    contextOf: (host) => {
      const name = host.toLowerCase();
      const wildcard = name.replace(/^[^.]*/, "*");
      return byName.get(name) ?? byName.get(wildcard) ?? first.context;
    },
  };
}

async function load({ certFile, keyFile, names }: EdgeCertificate, ca: Buffer | undefined) {
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  const options: SecureContextOptions = { cert, key, minVersion: "TLSv1.2", ...(ca && { ca }) };
  try {
    const context = createSecureContext(options);
    return {
      options,
      context,
      bytes: [cert, key],
      names: names.length > 0 ? names : namesIn(cert),
    };
  } catch (cause) {
    throw invalid(`${certFile} and ${keyFile}: ${(cause as Error).message}`, cause);
  }
}

function namesIn(cert: Buffer): string[] {
  const alternatives = new X509Certificate(cert).subjectAltName ?? "";
  return [...alternatives.matchAll(/DNS:([^,\s]+)/g)].map(([, name = ""]) => name.toLowerCase());
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw invalid(`${file}: ${(cause as NodeJS.ErrnoException).code}`, cause);
  }
}

function invalid(reason: string, cause?: unknown): CodedError<EdgeCode> {
  return new CodedError("TLS_FILES_INVALID", `cannot serve TLS: ${reason}`, {}, { cause });
}

/**
 * Calls back once something beside the files or in them has changed and rested: directories are watched,
 * since renewals rename. What else lies there changes too, so that the files may be the same as before.
 */
export function watchFiles(
  { certificates, clientCaFile }: EdgeTls,
  changed: () => void,
): Disposable {
  const files = certificates.flatMap(({ certFile, keyFile }) => [certFile, keyFile]);
  const directories = new Set([...files, ...(clientCaFile ? [clientCaFile] : [])].map(dirname));
  let timer: NodeJS.Timeout | undefined;
  const stirred = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  const watchers: FSWatcher[] = [...directories].map((directory) => watch(directory, stirred));
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
