import type { z } from "zod";
import { builtInRoutes } from "./built-in-routes.ts";
import type { Config } from "./config.ts";

type Context = z.core.$RefinementCtx;
type Judge = (
  config: Config,
  problem: (path: readonly PropertyKey[], message: string) => void,
) => void;

/** Loopback: nobody else reaches it. */
const OWN_MACHINE = /^(?:localhost|::1|127(?:\.\d{1,3}){3})$/;

/** What settings must fit together; each alone is in order. */
const JUDGES: readonly Judge[] = [
  ({ auth, policy, tenants }, problem) => {
    if (auth.open || auth.allowed_senders.length > 0 || policy.netuid !== undefined) return;
    if (tenants.some(({ netuid }) => netuid !== undefined)) return;
    problem(
      ["auth", "allowed_senders"],
      "anybody in the world could call: name senders, or set policy.netuid for the validators of a subnet, or mean it with auth.open",
    );
  },
  ({ routes, upstreams, tenants }, problem) => {
    const known = new Set(["training", "inference", ...Object.keys(upstreams)]);
    const needs = (name: string, path: readonly PropertyKey[]) => {
      if (!known.has(name))
        problem(path, `no upstream is called ${name}: describe it in upstreams`);
    };
    for (const [at, { upstream }] of routes.entries()) needs(upstream, ["routes", at, "upstream"]);
    tenants.forEach(({ upstreams: own }, at) => {
      for (const [from, to] of Object.entries(own)) {
        needs(from, ["tenants", at, "upstreams"]);
        needs(to, ["tenants", at, "upstreams", from]);
      }
    });
  },
  ({ capacity, upstreams }, problem) => {
    for (const name of Object.keys(capacity.upstreams)) {
      if (!(name in upstreams))
        problem(["capacity", "upstreams", name], "no upstream has this name");
    }
  },
  ({ auth, tenants }, problem) => {
    tenants.forEach(({ hotkey }, at) => {
      if (!auth.miner_hotkey.includes(hotkey))
        problem(["tenants", at, "hotkey"], "not among auth.miner_hotkey: add it there");
    });
  },
  ({ routes }, problem) => {
    const own = new Set(
      builtInRoutes.filter(({ upstream }) => upstream === null).map(({ match }) => match),
    );
    routes.forEach(({ match }, at) => {
      if (own.has(match)) problem(["routes", at, "match"], "the proxy answers this path itself");
    });
  },
  ({ tls }, problem) => {
    if ((tls.certFile === undefined) !== (tls.keyFile === undefined))
      problem(["tls"], "certFile and keyFile belong together: give both");
  },
  ({ admin, extAuth }, problem) => {
    for (const [name, { listen, remote }] of Object.entries({ admin, extAuth })) {
      if (listen === undefined || remote || OWN_MACHINE.test(listen.host)) continue;
      problem(
        [name, "listen"],
        `others reach ${listen.host}, and there is no TLS here: take 127.0.0.1, or mean it with ${name}.remote`,
      );
    }
  },
  ({ cors }, problem) => {
    cors.origins.forEach((origin, at) => {
      if (origin !== "*" && !URL.canParse(origin))
        problem(["cors", "origins", at], "write * or an origin like https://example.org");
    });
  },
];

/** Judges settings that are each in order: references, and what must not be left open by accident. */
export function checkTogether(config: Config, context: Context): void {
  for (const judge of JUDGES) {
    judge(config, (path, message) =>
      context.addIssue({ code: "custom", path: [...path], message, input: config }),
    );
  }
}
