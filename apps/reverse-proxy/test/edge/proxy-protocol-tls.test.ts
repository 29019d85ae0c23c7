import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { openBackend, openStage } from "../stage.ts";

const tls = (name: string) => new URL(`../vectors/tls/one.test.${name}`, import.meta.url).pathname;

test.each([
  ["in one piece with the first bytes of TLS", true],
  ["before the first bytes of TLS", false],
])("a PROXY header %s begins a connection", async (_, together) => {
  await using backend = await openBackend();
  const sections = {
    server: { trustedHops: ["127.0.0.1"], proxyProtocol: true },
    tls: { certFile: tls("crt"), keyFile: tls("key") },
  };
  await using proxy = await openStage({ url: backend.url, sections });
  const socket = connect(proxy.port, "127.0.0.1");
  await once(socket, "connect");
  if (together) socket.cork();
  socket.write("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n");
  const secure = connectTls({ socket, servername: "one.test", rejectUnauthorized: false });
  if (together) setImmediate(() => socket.uncork());
  await once(secure, "secureConnect");
  secure.write("GET /open/x HTTP/1.1\r\nHost: one.test\r\n\r\n");
  const [answer] = await once(secure, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  secure.destroy();
});
