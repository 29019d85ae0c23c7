import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** Miners' side of the sockets, on a thread of its own: whoever is measured does not do their work. */
const shards = new Map<string, Buffer>();
const server = createServer((request, response) => {
  const id = request.url?.slice(1) ?? "";
  if (request.method === "GET") {
    const shard = shards.get(id);
    response.writeHead(shard ? 200 : 404, { "content-length": shard?.length ?? 0 }).end(shard);
    return;
  }
  const kept: Buffer[] = [];
  request.on("data", (chunk: Buffer) => workerData.keeps && kept.push(chunk));
  request.on("end", () => {
    if (workerData.keeps) shards.set(id, Buffer.concat(kept));
    response.writeHead(200).end();
  });
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage(server.address()));
