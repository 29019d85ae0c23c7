// The least a proxy in Node can do, to compare with: node:http in front, undici behind, no rules at all.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";

// Whoever started this is gone.
process.once("disconnect", () => process.exit());

const { backend } = JSON.parse(process.argv[2] ?? "{}");
const pool = new Pool(`http://127.0.0.1:${backend}`, { connections: 64 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const { method = "GET", url: path = "/" } = request;
    const headers = ["content-type", request.headers["content-type"] ?? ""];
    pool.dispatch(
      { method, path, headers, body: body.length > 0 ? body : null },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, fields) {
          delete fields["transfer-encoding"];
          response.writeHead(status, fields);
        },
        onResponseData(_controller, chunk) {
          response.write(chunk);
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
