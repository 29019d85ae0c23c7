import { readFileSync } from "node:fs";
import { asLines, signed } from "../stage.ts";

/** Uniform below `bound`; the same seed gives the same draws. */
export type Draw = (bound: number) => number;

/** mulberry32: small, fast and good enough to wander with. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Bytes on which parsers have disagreed. */
const SPICES = [
  ..."\r\n|\n|\r|\0|\t| |:|;|,|\x7f|\xff|%|%2e|%2f|%00|/|//|/../|\\|?|#|0|-1|0x|\x0b".split("|"),
  "\r\n\r\n",
  "\r\n ",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Content-Length: 0\r\n",
  "Content-Length: 4\r\n",
  "Connection: close\r\n",
  "Connection: upgrade\r\nUpgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  "Expect: miracles\r\n",
  "Host: other\r\n",
  "X-Epistula-Signed-By: 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\r\n",
  "Authorization: Epistula 0x00\r\n",
  "GET /closed HTTP/1.1\r\nHost: m\r\n\r\n",
  "0\r\n\r\n",
  "HTTP/1.0",
  "HTTP/2.0",
];

const CORPUS = new URL("../vectors/smuggling.json", import.meta.url);

/** Requests that nobody with leave has signed: what mutations begin with. */
export function unsignedRequests(): string[] {
  const corpus: { readonly raw: string }[] = JSON.parse(readFileSync(CORPUS, "utf8"));
  const spoilt = signed("POST", "/closed", "{}").map(
    ([name, value]) => [name, /uuid/i.test(name) ? value.replaceAll("1", "2") : value] as const,
  );
  return [
    ...corpus.map(({ raw }) => raw.replaceAll("/open", "/closed")),
    `POST /closed HTTP/1.1\r\nHost: m\r\n${asLines(spoilt)}Content-Length: 3\r\n\r\n{ }`,
    `POST /closed HTTP/1.1\r\nHost: m\r\n${asLines(spoilt)}Transfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n0\r\n\r\n`,
    "GET /closed/ws HTTP/1.1\r\nHost: m\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n",
  ];
}

/** One to six changes of a request, or of one request with another behind it. */
export function mutate(requests: readonly string[], draw: Draw): string {
  let text = requests[draw(requests.length)] ?? "";
  if (draw(8) === 0) text += requests[draw(requests.length)] ?? "";
  for (let left = 1 + draw(6); left > 0; left -= 1) text = change(text, draw);
  return text;
}

function change(text: string, draw: Draw): string {
  const at = draw(text.length + 1);
  switch (draw(6)) {
    case 0:
      return text.slice(0, at) + (SPICES[draw(SPICES.length)] ?? "") + text.slice(at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(draw(256)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + draw(20));
    case 3:
      return text.slice(0, at) + text.slice(at, at + draw(60)) + text.slice(at);
    case 4: {
      const lines = text.split("\r\n");
      const [line = ""] = lines.splice(draw(lines.length), 1);
      lines.splice(draw(lines.length + 1), 0, line);
      return lines.join("\r\n");
    }
    default: {
      const lines = text.split("\r\n");
      const which = draw(lines.length);
      lines.splice(which, 0, SPICES[draw(SPICES.length)] ?? "");
      return lines.join("\r\n");
    }
  }
}
