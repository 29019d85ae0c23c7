import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import type { Config } from "@neurond/reverse-proxy";
import { fail, guarded, ok, warn } from "../../doctor/check.ts";
import type { ProxyCheck } from "./examined.ts";

const DAY_MS = 86_400_000;
/** Whoever renews certificates by machine does so a month ahead. */
const SOON_DAYS = 14;

/** Whether the certificate is valid now, and for the addresses under which we are to be found. */
export function checkTls(
  { tls, server }: Config,
  addresses: readonly string[],
  nowMs: number,
): Promise<ProxyCheck> {
  const { certFile } = tls;
  if (certFile === undefined) return Promise.resolve(withoutTls(server.trustedHops.length > 0));
  const remedy = "give the certificate with its chain in PEM, readable for the proxy's user";
  return guarded("tls", remedy, async () => {
    const certificate = new X509Certificate(await readFile(certFile));
    const from = Date.parse(certificate.validFrom);
    const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
    const renew = "renew it; the new files are taken without a restart";
    if (from > nowMs) return fail("tls", `not valid before ${certificate.validFrom}`, renew);
    if (days < 0) return fail("tls", `ran out on ${certificate.validTo}`, renew);
    const strange = addresses.filter((address) => !isNamed(certificate, address));
    if (strange.length > 0) {
      const text = `the certificate is for ${certificate.subjectAltName ?? "no name"}`;
      return fail("tls", `${text}, not for ${strange.join(", ")}`, "get one for that name");
    }
    if (days < SOON_DAYS) return warn("tls", `runs out in ${days} days`, renew);
    return ok("tls", `the certificate is valid for ${days} more days`);
  });
}

function isNamed(certificate: X509Certificate, address: string): boolean {
  const named = isIP(address) === 0 ? certificate.checkHost(address) : certificate.checkIP(address);
  return named !== undefined;
}

function withoutTls(isBehind: boolean): ProxyCheck {
  if (isBehind) return ok("tls", "left to what stands in front of us");
  const remedy = "set tls.certFile and tls.keyFile, or put nginx or Caddy in front";
  return warn("tls", "we speak plain http, and the orchestrator speaks https only", remedy);
}
