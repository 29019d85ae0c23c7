import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProxyDeps } from "@neurond/reverse-proxy";
import { openBackend, openProxy, type Raw, settingsFor } from "../harness.ts";

export const TOKEN = "a-token-of-sixteen-or-more";

/** A directory of the test's own. */
export async function temporary() {
  const path = await mkdtemp(join(tmpdir(), "neurond-proxy-admin-"));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A proxy with a backend and an admin plane, and a way to ask that. */
export async function openOperated(
  directory: string,
  raw: Raw = {},
  more: Partial<ProxyDeps> = {},
  backend?: Awaited<ReturnType<typeof openBackend>>,
) {
  const behind = backend ?? (await openBackend());
  const admin = { listen: "127.0.0.1:0", token: TOKEN, directory, ...raw["admin"] };
  const opened = await openProxy(settingsFor(behind.url, { ...raw, admin }), more);
  const { adminUrl } = opened.proxy;
  const ask = async (method: string, path: string, body?: object, token: string | null = TOKEN) => {
    const response = await fetch(`${adminUrl}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : null };
  };
  return {
    ...opened,
    backend: behind,
    ask,
    async [Symbol.asyncDispose]() {
      await opened.proxy[Symbol.asyncDispose]();
      if (backend === undefined) await behind[Symbol.asyncDispose]();
    },
  };
}
