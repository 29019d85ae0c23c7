/** One request to the node with the caller's signal already bound. */
export type Rpc = (method: string, params: readonly unknown[]) => Promise<unknown>;
