import { text } from "node:stream/consumers";
import { isPrivateAddress } from "@neurond/chain";
import { afterEach, describe, expect, test } from "vitest";
import { checkedAddresses, checkedFetch } from "../io/index.ts";
import { serveHttps } from "./support/https-server.ts";

const signal = new AbortController().signal;
const asked: string[] = [];
afterEach(() => void asked.splice(0));

/** A name server that says what it is told, a different thing each time if it likes. */
const names =
  (...answers: readonly (readonly string[])[]) =>
  async (name: string) => {
    asked.push(name);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );

describe("an address is checked before anybody connects", () => {
  test.each([
    ["10.0.0.7"],
    ["169.254.169.254"],
    ["127.0.0.1"],
    ["[::1]"],
    ["[::ffff:169.254.169.254]"],
    ["[::ffff:a9fe:a9fe]"],
    ["100.100.100.200"],
    ["224.0.0.1"],
  ])("%s is not asked", async (host) => {
    const rules = { resolve: names([]) };
    expect(await codeOf(checkedAddresses(host, rules, signal))).toBe("ADDRESS_PRIVATE");
    expect(await codeOf(checkedFetch(rules)(new URL(`https://${host}/`)))).toBe("ADDRESS_PRIVATE");
    expect(asked).toEqual([]);
  });

  test.each([
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
  ])("%s is 127.0.0.1 under another spelling, and not asked", async (url) => {
    expect(await codeOf(checkedFetch()(new URL(url)))).toBe("ADDRESS_PRIVATE");
  });

  test("a name with one private address is refused whole", async () => {
    const resolve = names(["203.0.114.7", "10.0.0.7"]);
    expect(await codeOf(checkedAddresses("miner.example", { resolve }, signal))).toBe(
      "ADDRESS_PRIVATE",
    );
  });

  test("a name without an address is told apart", async () => {
    expect(await codeOf(checkedAddresses("miner.example", { resolve: names([]) }, signal))).toBe(
      "HOST_UNRESOLVED",
    );
  });

  test("public addresses are all handed on", async () => {
    const found = ["203.0.114.7", "2606:4700::1"];
    expect(await checkedAddresses("miner.example", { resolve: names(found) }, signal)).toEqual(
      found,
    );
    expect(found.some(isPrivateAddress)).toBe(false);
  });
});

describe("a checked fetch", () => {
  test("connects to what was checked, resolves once, and keeps the name for TLS and Host", async () => {
    const { port, ca, asked: requests } = await serveHttps((_, response) => response.end("hello"));
    // A second look-up would lead elsewhere: this is how a name server rebinds.
    const resolve = names(["127.0.0.1"], ["192.0.2.1"]);
    const fetch = checkedFetch({ ca, allowPrivate: true, resolve });
    const response = await fetch(new URL(`https://miner.example:${port}/x?y=1`));
    expect([response.status, await response.text()]).toEqual([200, "hello"]);
    expect(asked).toEqual(["miner.example"]);
    const [request] = requests;
    expect(request?.headers.host).toBe(`miner.example:${port}`);
    expect(request?.url).toBe("/x?y=1");
    expect(request?.socket && "servername" in request.socket && request.socket.servername).toBe(
      "miner.example",
    );
  });

  test("believes no certificate that is another name's, or nobody's", async () => {
    const { port, ca } = await serveHttps((_, response) => response.end());
    const open = { allowPrivate: true, resolve: names(["127.0.0.1"]) };
    const other = checkedFetch({ ...open, ca })(new URL(`https://other.example:${port}/`));
    expect(await codeOf(other)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    const unknown = checkedFetch(open)(new URL(`https://miner.example:${port}/`));
    expect(await codeOf(unknown)).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("does not go where a redirect points", async () => {
    const { port, ca } = await serveHttps((_, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
    );
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const response = await fetch(new URL(`https://127.0.0.1:${port}/`));
    expect(response.status).toBe(302);
  });

  test("sends bytes and streams, with their headers", async () => {
    const { port, ca } = await serveHttps(async (request, response) => {
      response.end(`${request.method} ${request.headers["x-one"]} ${await text(request)}`);
    });
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const send = async (body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) => {
      const init = { method: "PUT", headers: [["x-one", "1"]] as [string, string][], body };
      return (await fetch(new URL(`https://127.0.0.1:${port}/`), init)).text();
    };
    const bytes = new Uint8Array(Buffer.from("bytes"));
    expect(await send(bytes)).toBe("PUT 1 bytes");
    expect(await send(ReadableStream.from([bytes, bytes]))).toBe("PUT 1 bytesbytes");
  });

  test("ends with the signal's reason, before the answer and in the middle of it", async () => {
    const { port, ca } = await serveHttps((request, response) => {
      if (request.url === "/begun") response.write("begun");
    });
    const fetch = checkedFetch({ ca, allowPrivate: true });
    const url = (path: string) => new URL(path, `https://127.0.0.1:${port}`);
    const late = fetch(url("/silent"), { signal: AbortSignal.timeout(100) });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    const begun = await fetch(url("/begun"), { signal: AbortSignal.timeout(200) });
    await expect(begun.text()).rejects.toThrow();
  });
});
