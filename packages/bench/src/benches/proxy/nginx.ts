import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, listening } from "./free-port.ts";
import { Pinned, SERVER_CORE } from "./pinned.ts";

export const hasNginx = spawnSync("nginx", ["-v"]).status === 0;

/** nginx with one worker and kept connections behind, its access log off; the port it listens on. */
export async function startNginx(
  backend: number,
  resources: AsyncDisposableStack,
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "neurond-nginx-"));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  const file = join(directory, "nginx.conf");
  await writeFile(file, configOf(directory, port, backend));
  resources.use(new Pinned(SERVER_CORE, "nginx", ["-p", directory, "-c", file, "-e", "stderr"]));
  await listening(port, "nginx");
  return port;
}

const configOf = (directory: string, port: number, backend: number) => `
daemon off; master_process off; pid ${directory}/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 10000000; client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u;
  scgi_temp_path ${directory}/s;
  upstream backend { server 127.0.0.1:${backend}; keepalive 64; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}`;
