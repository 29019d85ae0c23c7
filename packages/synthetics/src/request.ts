import type { Chute } from "./chutes.ts";
import type { Dice } from "./dice.ts";
import { syntheticsError } from "./errors.ts";
import type { Prompts } from "./prompts/prompts.ts";
import { TASKS } from "./tasks/all.ts";
import type { Payload, SyntheticType } from "./tasks/task.ts";

/** Where requests go, without a slash at the end. */
export interface Endpoints {
  /** All language models. */
  readonly llm: string;
  /** One chute; `{slug}` stands for its name. */
  readonly chute: string;
}

/** Where requests go on the public network. */
export const ENDPOINTS: Endpoints = {
  llm: "https://llm.chutes.ai",
  chute: "https://{slug}.chutes.ai",
};

/** A request, complete but for its key. */
export interface SyntheticRequest {
  readonly type: SyntheticType;
  readonly chuteId: string;
  readonly chuteName: string;
  readonly url: string;
  readonly payload: Payload;
}

/** What requests are drawn from. */
export interface Choice {
  readonly chutes: readonly Chute[];
  /** Kinds that are enabled; each is as likely, however many chutes serve it. */
  readonly types: readonly SyntheticType[];
  readonly endpoints: Endpoints;
  readonly prompts: Prompts;
}

/**
 * Draws a kind among those that some hot chute serves, a chute, and what to ask it.
 * @throws CodedError NO_CHUTE, ENDPOINT_INVALID
 */
export function drawRequest(choice: Choice, dice: Dice): SyntheticRequest {
  const { chutes, types, endpoints, prompts } = choice;
  const hot = chutes.filter(({ isHot }) => isHot);
  const served = types.flatMap((type) => {
    const fitting = hot.filter((chute) => TASKS[type].fits(chute));
    return fitting.length === 0 ? [] : [{ type, fitting }];
  });
  const drawn = dice.pick(served);
  const chute = dice.pick(drawn?.fitting ?? []);
  if (drawn === undefined || chute === undefined) {
    const text = `none of ${chutes.length} chutes is hot and serves ${types.join(", ") || "a type that is enabled"}`;
    throw syntheticsError("NO_CHUTE", text, { types });
  }
  const { route, payload } = TASKS[drawn.type].compose(chute, prompts, dice);
  const host = hostOf(endpoints, route.host, chute);
  const { chuteId, name } = chute;
  return { type: drawn.type, chuteId, chuteName: name, url: `${host}${route.path}`, payload };
}

function hostOf(endpoints: Endpoints, host: "llm" | "chute", { slug }: Chute): string {
  const template = endpoints[host];
  if (host === "chute" && !template.includes("{slug}")) {
    const text = `${template} has no {slug}: every request would go to the same chute`;
    throw syntheticsError("ENDPOINT_INVALID", text);
  }
  return template.replaceAll("{slug}", slug).replace(/\/+$/, "");
}
