/** A capacity document: which work a miner offers now. */
export type Capacity =
  | {
      readonly ok: true;
      /** `flags`: capability to boolean. `lists`: group to names of capabilities. */
      readonly shape: "flags" | "lists";
      readonly capabilities: ReadonlyMap<string, boolean>;
    }
  | { readonly ok: false; readonly reason: string };

/** Longest document that is read, in bytes. */
export const MAX_CAPACITY_BYTES = 65_536;

const MAX_CAPABILITIES = 256;
const MAX_NAME = 128;

/** Reads a decoded capacity document in either shape; in lists, each name is a capability on offer. */
export function parseCapacity(document: unknown): Capacity {
  if (!isRecord(document)) return { ok: false, reason: "the document is no JSON object" };
  const entries = Object.entries(document);
  const isLists = entries.some(([, value]) => Array.isArray(value));
  const capabilities = new Map<string, boolean>();
  for (const [key, value] of entries) {
    if (isLists) {
      if (!isNames(value)) return { ok: false, reason: `"${shown(key)}" is no list of names` };
      for (const name of value) capabilities.set(name, true);
    } else {
      if (typeof value !== "boolean") return { ok: false, reason: `"${shown(key)}" is no boolean` };
      capabilities.set(key, value);
    }
  }
  const tooLong = [...capabilities.keys()].some((name) => name.length > MAX_NAME);
  if (tooLong) return { ok: false, reason: `a name is longer than ${MAX_NAME} characters` };
  if (capabilities.size > MAX_CAPABILITIES) {
    return { ok: false, reason: `there are more than ${MAX_CAPABILITIES} capabilities` };
  }
  return { ok: true, shape: isLists ? "lists" : "flags", capabilities };
}

/** Why the subnet's present orchestrator would mark a miner invalid; null when it would not. */
export function orchestratorObjection(document: unknown): string | null {
  const capacity = parseCapacity(document);
  if (!capacity.ok) return capacity.reason;
  if (capacity.shape === "flags") return null;
  return "lists are refused: give every capability a boolean of its own";
}

/** Whether the subnet's present orchestrator sends work to a miner with this document. */
export function wouldTheHeadOrchestratorAccept(document: unknown): boolean {
  return orchestratorObjection(document) === null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** A name a miner wrote, short enough for a message. */
const shown = (name: string) => name.slice(0, 40);
