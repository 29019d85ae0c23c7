/** Dotted paths of all settings of a JSON schema, or of all leaves of a value; lists and empty objects are leaves. */
export function settingPaths(
  value: unknown,
  isSchema: boolean,
  path: readonly string[] = [],
): string[] {
  const inner = isSchema ? (value as { readonly properties?: unknown }).properties : value;
  const isLeaf = typeof inner !== "object" || inner === null || Array.isArray(inner);
  if (isLeaf || Object.keys(inner).length === 0) return [path.join(".")];
  return Object.entries(inner).flatMap(([key, child]) =>
    settingPaths(child, isSchema, [...path, key]),
  );
}
