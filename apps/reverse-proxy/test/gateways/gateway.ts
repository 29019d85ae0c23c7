import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

export const hasNginx = findOnPath("nginx") !== undefined;
export const hasNginxStream = hasNginx && existsSync(STREAM_MODULE);
export const hasCaddy = findOnPath("caddy") !== undefined;

/** Runs nginx, in the foreground and as whoever we are, with blocks for `http` and `stream`. */
export function openNginx(port: number, { http = "", stream = "" }) {
  return open("nginx", port, (directory) => {
    const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (kind) => `${kind}_temp_path ${directory}/${kind};`,
    );
    const config = [
      ...(stream === "" ? [] : [`load_module ${STREAM_MODULE};`]),
      ...(process.getuid?.() === 0 ? ["user root;"] : []),
      `daemon off; master_process off; pid ${directory}/pid; error_log stderr;`,
      "events {}",
      `http { access_log off; ${places.join(" ")}\n${http}\n}`,
      ...(stream === "" ? [] : [`stream {\n${stream}\n}`]),
    ];
    return { config: config.join("\n"), args: (file) => ["-p", directory, "-c", file] };
  });
}

/** Runs Caddy with one site, without certificates of its own making. */
export function openCaddy(port: number, site: string) {
  return open("caddy", port, () => ({
    config: `{\n\tadmin off\n\tauto_https off\n}\n${site}`,
    args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
  }));
}

interface Prepared {
  readonly config: string;
  readonly args: (file: string) => readonly string[];
}

async function open(program: string, port: number, prepare: (directory: string) => Prepared) {
  const directory = await mkdtemp(join(tmpdir(), `neurond-${program}-`));
  const { config, args } = prepare(directory);
  const file = join(directory, "config");
  await writeFile(file, config);
  const child = spawn(findOnPath(program) ?? program, args(file), {
    env: { HOME: directory, PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await listening(child, port);
  } catch {
    const written = await readFile(file, "utf8");
    await end();
    throw new Error(`${program} does not start:\n${said}\n${written}`);
  }
  return { said: () => said, [Symbol.asyncDispose]: end };
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("nobody listens");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

function findOnPath(program: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return places.map((place) => join(place, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
