const INTEGERS = { server: ["port"], auth: ["allowed_delta_ms", "cache_duration"] } as const;
const LISTS = ["miner_hotkey", "allowed_senders"] as const;

type Section = Record<string, unknown>;

/**
 * Reads a file of the first proxy as its authors did: a list may be one text, hold nulls, and an
 * integer may be digits in quotes; yes and no have more names than JSON gives them.
 */
export function adaptSeed(file: Section): Section {
  const auth = { ...sectionOf(file["auth"]) };
  const server = { ...sectionOf(file["server"]) };
  // The example spelt it with hyphens; where both stand, the one that other settings are spelt like counts.
  auth["self_debug_key"] ??= auth["self-debug-key"];
  delete auth["self-debug-key"];
  if (auth["self_debug_key"] === undefined) delete auth["self_debug_key"];
  for (const name of LISTS) if (name in auth) auth[name] = listOf(auth[name]);
  for (const name of INTEGERS.auth) if (name in auth) auth[name] = integerOf(auth[name]);
  for (const name of INTEGERS.server) if (name in server) server[name] = integerOf(server[name]);
  if (typeof server["reload"] === "string" && /^(1|true|yes|on)$/i.test(server["reload"]))
    server["reload"] = true;
  if (typeof server["reload"] === "string" && /^(0|false|no|off|)$/i.test(server["reload"]))
    server["reload"] = false;
  return {
    ...file,
    ...(file["auth"] !== undefined && { auth }),
    ...(file["server"] !== undefined && { server }),
  };
}

/** What is no section stays as it is, to be refused by its name. */
function sectionOf(value: unknown): Section {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Section)
    : {};
}

function listOf(value: unknown): unknown {
  const items: unknown[] =
    typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [value];
  return items
    .filter((item) => item !== null)
    .map((item) => (typeof item === "string" ? item.trim() : item))
    .filter((item) => item !== "");
}

const integerOf = (value: unknown) =>
  typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
