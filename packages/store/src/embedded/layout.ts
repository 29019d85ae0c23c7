import { join, resolve } from "node:path";

/** What is where in the directory of an embedded database. */
export interface Layout {
  readonly directory: string;
  /** The server's own: PGDATA. */
  readonly data: string;
  /** Port and password, readable by us alone. */
  readonly key: string;
  readonly log: string;
  readonly lock: string;
}

/** The layout under a directory, by absolute paths. */
export function layoutOf(directory: string): Layout {
  const root = resolve(directory);
  return {
    directory: root,
    data: join(root, "data"),
    key: join(root, "server.json"),
    log: join(root, "server.log"),
    lock: join(root, "start.lock"),
  };
}
