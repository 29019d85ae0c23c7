import { z } from "zod";
import { syntheticsError } from "./errors.ts";

/** An entry point of a chute. */
export interface Cord {
  readonly path: string;
  readonly isStream: boolean;
}

/** What requests can be sent to. */
export interface Chute {
  readonly chuteId: string;
  readonly name: string;
  /** A single label of a host name; nothing else reaches a URL. */
  readonly slug: string;
  readonly template: string | null;
  /** User name of who deployed it. */
  readonly owner: string | null;
  readonly cords: readonly Cord[];
  /** At least one of its instances is active and verified. */
  readonly isHot: boolean;
}

/** Chutes of a list, and how many of its items could not be used. */
export interface ChuteList {
  readonly chutes: readonly Chute[];
  readonly skipped: number;
}

const MAX_CHUTES = 20_000;
const text = (length: number) => z.string().max(length);

const CordJson = z.object({ path: text(200).nullish(), stream: z.boolean().nullish() });
const Item = z.object({
  chute_id: text(64).min(1),
  name: text(300).min(1),
  // The API key travels to this host: a slug that could end the host name is refused.
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  standard_template: text(100).nullish(),
  user: z.object({ username: text(100).nullish() }).nullish(),
  cord_ref_id: text(100).nullish(),
  cords: z.array(CordJson).max(200).nullish(),
  instances: z
    .array(z.object({ active: z.boolean().nullish(), verified: z.boolean().nullish() }))
    .nullish(),
});
const Answer = z.object({
  items: z.array(z.unknown()).max(MAX_CHUTES),
  cord_refs: z.record(z.string(), z.array(CordJson).max(200)).nullish(),
});

/**
 * Chutes of the answer to `GET /chutes/`. One that is malformed is passed over; the rest are of use.
 * @throws CodedError CHUTES_UNREADABLE
 */
export function parseChutes(json: string): ChuteList {
  const answer = Answer.safeParse(parsed(json));
  if (!answer.success) {
    throw syntheticsError("CHUTES_UNREADABLE", "the list of chutes has no items, or is no JSON");
  }
  const { items, cord_refs: refs } = answer.data;
  const chutes = items.flatMap((item) => {
    const read = Item.safeParse(item);
    return read.success ? [chuteOf(read.data, refs ?? {})] : [];
  });
  return { chutes, skipped: items.length - chutes.length };
}

function chuteOf(
  item: z.infer<typeof Item>,
  refs: Readonly<Record<string, readonly z.infer<typeof CordJson>[]>>,
): Chute {
  const ref = item.cord_ref_id ?? "";
  const cords = item.cords ?? (Object.hasOwn(refs, ref) ? refs[ref] : undefined) ?? [];
  return {
    chuteId: item.chute_id,
    name: item.name,
    slug: item.slug,
    template: item.standard_template ?? null,
    owner: item.user?.username ?? null,
    cords: cords.flatMap(({ path, stream }) =>
      path == null ? [] : [{ path, isStream: stream === true }],
    ),
    isHot: (item.instances ?? []).some(
      ({ active, verified }) => active === true && verified === true,
    ),
  };
}

/** Whether a chute answers at a path with one piece, not with a stream. */
export function hasPlainCord({ cords }: Chute, path: string): boolean {
  return cords.some((cord) => cord.path === path && !cord.isStream);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
