import type { WebSocket } from "ws";
import { RpcError, SERVER_ERROR } from "../rpc/error.ts";
import type { Services } from "../rpc/method.ts";
import { Session } from "../rpc/session.ts";
import type { Limits } from "./limits.ts";
import { answerMessage, type Reply, refusal } from "./message.ts";

/** Serves one websocket until it closes; then nothing of it remains. */
export function serveSocket(
  socket: WebSocket,
  services: Services,
  limits: Limits,
  onBug: (error: unknown) => void,
): void {
  const timers = new Set<NodeJS.Timeout>();
  let inFlight = 0;
  let answersPing = true;

  const sendText = (text: string) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text);
    // Whoever does not read would make the server keep everything for them.
    if (socket.bufferedAmount > limits.backlogBytes) socket.terminate();
  };
  const session = new Session(services, onBug, (body) => sendText(JSON.stringify(body)));

  const deliver = ({ text, afterwards }: Reply) => {
    inFlight -= 1;
    sendText(text);
    for (const action of afterwards) action();
  };
  const deliverLate = (reply: Reply, delayMs: number) => {
    if (delayMs === 0 || reply.exempt) return deliver(reply);
    const timer = setTimeout(() => {
      timers.delete(timer);
      deliver(reply);
    }, delayMs);
    timers.add(timer);
  };
  const answer = async (bytes: Uint8Array) => {
    inFlight += 1;
    if (inFlight > limits.inFlight) {
      const reason = `More than ${limits.inFlight} requests in flight`;
      return deliver(refusal(new RpcError(SERVER_ERROR, reason)));
    }
    // The delay that was ordered when the request came, not one that another request ends.
    const { delayMs } = services.faults;
    const reply = await answerMessage(session, bytes, limits);
    if (reply) deliverLate(reply, delayMs);
    else inFlight -= 1;
  };

  const ping = setInterval(() => {
    if (!answersPing) return socket.terminate();
    answersPing = false;
    socket.ping();
  }, limits.pingMs);
  socket.on("pong", () => {
    answersPing = true;
  });
  socket.on("message", (data: Buffer) => {
    answer(data).catch(onBug);
  });
  // Malformed frames end the socket by themselves; without a listener they would end the process.
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearInterval(ping);
    for (const timer of timers) clearTimeout(timer);
    session.close();
  });
}
