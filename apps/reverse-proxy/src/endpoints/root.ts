import { type Endpoint, SERVICE } from "./endpoint.ts";

/** `GET /`: whether somebody is at home; the orchestrator asks it. */
export const root: Endpoint = () => ({
  status: 200,
  body: { status: "healthy", service: SERVICE },
});
