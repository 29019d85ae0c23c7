import { Random } from "../random.ts";
import { addressOf } from "../world/keys.ts";

/** What a chute of the mock gateway does. */
export type GatewayFunction =
  | "chat_stream"
  | "completion_stream"
  | "generate"
  | "speak"
  | "transcribe"
  | "embed"
  | "rerank"
  | "predict";

/** A chute, and where its functions are called. */
export interface GatewayChute {
  readonly chuteId: string;
  readonly name: string;
  readonly slug: string;
  readonly template: string | null;
  readonly paths: readonly (readonly [path: string, functionName: GatewayFunction])[];
}

/** One place that serves a chute. */
export interface GatewayInstance {
  readonly instanceId: string;
  readonly chuteId: string;
  readonly minerUid: number;
  readonly minerHotkey: string;
  readonly minerColdkey: string;
}

/** Everybody behind the gateway. */
export interface GatewayCast {
  readonly chutes: readonly GatewayChute[];
  readonly instances: readonly GatewayInstance[];
}

const CHUTES: readonly Omit<GatewayChute, "chuteId">[] = [
  {
    name: "example/chat-8b",
    slug: "chutes-chat-8b",
    template: "vllm",
    paths: [
      ["/v1/chat/completions", "chat_stream"],
      ["/v1/completions", "completion_stream"],
    ],
  },
  {
    name: "pictures",
    slug: "chutes-pictures",
    template: "diffusion",
    paths: [["/generate", "generate"]],
  },
  { name: "Kokoro-82M", slug: "chutes-kokoro-82m", template: null, paths: [["/speak", "speak"]] },
  {
    name: "dictation",
    slug: "chutes-dictation",
    template: null,
    paths: [["/transcribe", "transcribe"]],
  },
  {
    name: "vectors",
    slug: "chutes-vectors",
    template: "tei",
    paths: [
      ["/embed", "embed"],
      ["/rerank", "rerank"],
    ],
  },
  {
    name: "hate-speech-check",
    slug: "chutes-hate-speech-check",
    template: null,
    paths: [["/predict", "predict"]],
  },
];

const INSTANCES_EACH = 6;

/** One chute of each kind with six instances, each of another miner. */
export function gatewayCast(seed: number): GatewayCast {
  const random = new Random(seed, "gateway");
  const chutes = CHUTES.map((chute) => ({ ...chute, chuteId: random.uuid() }));
  const instances = chutes.flatMap(({ chuteId }) =>
    Array.from({ length: INSTANCES_EACH }, (_, place) => ({
      instanceId: random.uuid(),
      chuteId,
      minerUid: 10 + place,
      minerHotkey: addressOf(seed, `gateway-miner/${place}`),
      minerColdkey: addressOf(seed, `gateway-miner-cold/${place}`),
    })),
  );
  return { chutes, instances };
}

/** The list of chutes as the validator's API gives it. */
export function chutesJson({ chutes, instances }: GatewayCast): string {
  const items = chutes.map(({ chuteId, name, slug, template }) => ({
    chute_id: chuteId,
    name,
    slug,
    standard_template: template,
    user: { username: "chutes" },
    cord_ref_id: chuteId,
    instances: instances
      .filter((instance) => instance.chuteId === chuteId)
      .map(({ instanceId }) => ({ instance_id: instanceId, active: true, verified: true })),
  }));
  const cord_refs = Object.fromEntries(
    chutes.map(({ chuteId, paths }) => [
      chuteId,
      paths.map(([path, name]) => ({ path, stream: name.endsWith("_stream") })),
    ]),
  );
  return JSON.stringify({ total: items.length, items, cord_refs });
}
