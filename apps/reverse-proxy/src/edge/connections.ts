import type { Socket } from "node:net";
import { addressKey } from "../policies/address-key.ts";
import { plainAddress, type TrustedHops } from "./client-address.ts";
import { readProxyHeader } from "./proxy-header.ts";
import type { ConnectionRefusal, EdgeSettings } from "./settings.ts";

/** An open connection, and whose word it is. */
export interface Connection {
  readonly socket: Socket;
  /** What requests travel through: the socket, or TLS on top of it. */
  outer: Socket;
  /** HTTP/2 says itself when it ends. */
  multiplexed: boolean;
  /** Of the client, or of a hop that has not said whom it speaks for. */
  ip: string;
  /** Whether X-Forwarded-For of its requests counts. */
  trusted: boolean;
  /** Requests that have not been answered. */
  underWay: number;
  /** Requests that it brought. */
  taken: number;
}

type Limits = Pick<
  EdgeSettings,
  "maxConnections" | "maxConnectionsPerIp" | "proxyProtocol" | "headersTimeoutMs"
>;

/** Lets connections in, as many as there may be, before anything that costs: TLS, parsing. */
export class Connections {
  readonly #limits: Limits;
  readonly #hops: TrustedHops;
  readonly #refused: (ip: string, reason: ConnectionRefusal) => void;
  /** By remote address and port. */
  readonly #open = new Map<string, Connection>();
  readonly #bySocket = new WeakMap<object, Connection>();
  readonly #perIp = new Map<string, number>();

  constructor(
    limits: Limits,
    hops: TrustedHops,
    refused: (ip: string, reason: ConnectionRefusal) => void,
  ) {
    this.#limits = limits;
    this.#hops = hops;
    this.#refused = refused;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Of a TLS socket or an HTTP/2 session's, too: they have the address and port of theirs. */
  find(socket: object): Connection | undefined {
    const known = this.#bySocket.get(socket);
    if (known) return known;
    const connection = this.#open.get(keyOf(socket));
    if (connection) this.#bySocket.set(socket, connection);
    return connection;
  }

  /** Calls `attach` with a connection that may stay, once it is known whose it is. */
  admit(socket: Socket, attach: () => void): void {
    const ip = plainAddress(socket.remoteAddress ?? "");
    if (this.#open.size >= this.#limits.maxConnections) {
      this.#turnAway(socket, ip, "too-many");
      return;
    }
    const trusted = this.#hops.has(ip);
    const connection: Connection = {
      socket,
      outer: socket,
      multiplexed: false,
      ip,
      trusted,
      underWay: 0,
      taken: 0,
    };
    const key = keyOf(socket);
    this.#open.set(key, connection);
    socket.once("close", () => this.#open.delete(key));
    // Heard here always: who takes a socket over takes the server's listeners off.
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    if (trusted && this.#limits.proxyProtocol) this.#readHeader(connection, attach);
    else if (trusted || this.#count(connection)) attach();
  }

  /** Closes connections without a request under way. One that has just begun is lost: clients retry that. */
  closeIdle(): void {
    for (const { outer, multiplexed, underWay } of this.#open.values()) {
      if (underWay === 0 && !multiplexed) outer.destroySoon();
    }
  }

  destroyAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** False, and the connection gone, when its address has enough of them. */
  #count({ socket, ip }: Connection): boolean {
    const key = addressKey(ip);
    const count = (this.#perIp.get(key) ?? 0) + 1;
    if (count > this.#limits.maxConnectionsPerIp) {
      this.#turnAway(socket, ip, "too-many-of-ip");
      return false;
    }
    this.#perIp.set(key, count);
    socket.once("close", () => {
      const left = (this.#perIp.get(key) ?? 1) - 1;
      if (left > 0) this.#perIp.set(key, left);
      else this.#perIp.delete(key);
    });
    return true;
  }

  #readHeader(connection: Connection, attach: () => void): void {
    const { socket } = connection;
    let bytes: Buffer = Buffer.alloc(0);
    const refuse = () => this.#turnAway(socket, connection.ip, "proxy-header");
    const timer = setTimeout(refuse, this.#limits.headersTimeoutMs);
    const gone = () => clearTimeout(timer);
    const take = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header.kind === "incomplete") return;
      gone();
      socket.off("data", take).off("close", gone).off("error", refuse);
      if (header.kind === "malformed") {
        refuse();
        return;
      }
      if (header.client !== null) {
        connection.ip = header.client;
        connection.trusted = this.#hops.has(header.client);
      }
      if (!connection.trusted && !this.#count(connection)) return;
      socket.pause();
      const rest = bytes.subarray(header.sizeBytes);
      if (rest.length > 0) socket.unshift(rest);
      attach();
      // TLS takes over what is read already after this tick only: flowing before, the socket loses it.
      setImmediate(() => socket.resume());
    };
    socket.on("data", take).on("close", gone).on("error", refuse);
  }

  #turnAway(socket: Socket, ip: string, reason: ConnectionRefusal): void {
    socket.destroy();
    this.#refused(ip, reason);
  }
}

function keyOf({ remoteAddress, remotePort }: Partial<Socket>): string {
  return `${remoteAddress}|${remotePort}`;
}
