import { vi } from "vitest";

export interface Sent {
  method: string;
  path: string;
  headers: Headers;
  /** Parsed JSON, or the raw body of an upload. */
  body: unknown;
}

type Handler = (request: Sent) => Response | Promise<Response>;

/** Stands in for the network: every fetch of a test goes to `handler`; the list keeps what was sent. */
export function serve(handler: Handler): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : init.body;
    const request = { method: init.method ?? "GET", path, headers: new Headers(init.headers), body };
    sent.push(request);
    return handler(request);
  });
  return sent;
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

export const unreachable = (): never => {
  throw new TypeError("Failed to fetch");
};
