/** Where requests may lead that are made because somebody outside named a URL. */
export interface EgressSettings {
  /** `example.com` is that host, `.example.com` every host under it; none allows every public host. */
  readonly allowHosts: readonly string[];
  /** Addresses inside one's own network too. */
  readonly allowPrivate: boolean;
  readonly schemes: readonly ("http" | "https")[];
  /** None allows every port. */
  readonly ports: readonly number[];
  /** A longer body, in which URLs are to be checked, is refused. */
  readonly maxInspectBytes: number;
}

export const EGRESS_DEFAULTS = {
  allowHosts: [],
  allowPrivate: false,
  schemes: ["http", "https"],
  ports: [],
  maxInspectBytes: 8 * 1024 * 1024,
} as const satisfies EgressSettings;
