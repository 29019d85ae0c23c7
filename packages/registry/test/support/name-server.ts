import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { onTestFinished } from "vitest";

const [A, AAAA] = [1, 28];
const HEADER_BYTES = 12;

/** A name server (RFC 1035) of one test that knows these names, and keeps silent about `slow.*`. */
export async function serveNames(
  names: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly server: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const socket = createSocket("udp4", (query, { address, port }) => {
    const { name, type, end } = questionOf(query);
    asked.push(name);
    if (name.startsWith("slow.")) return;
    const wanted = (names[name] ?? []).filter((ip) => (isIPv6(ip) ? AAAA : A) === type);
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(name in names ? 0x8180 : 0x8183, 2); // an answer, or NXDOMAIN
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(wanted.length, 6);
    const answers = wanted.map((ip) => recordOf(ip, type));
    socket.send(
      Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...answers]),
      port,
      address,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  onTestFinished(() => void socket.close());
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** A record about the name of the question. */
function recordOf(ip: string, type: number): Buffer {
  const bytes = isIPv6(ip) ? ipv6Bytes(ip) : ip.split(".").map(Number);
  const head = [0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length];
  return Buffer.from([...head, ...bytes]);
}

function ipv6Bytes(ip: string): readonly number[] {
  const [head = "", tail = ""] = ip.split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":").map((g) => parseInt(g, 16)));
  const zeros: number[] = Array(8 - groups(head).length - groups(tail).length).fill(0);
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}
