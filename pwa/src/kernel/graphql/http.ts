import { TransportError, UnreachableError } from "./errors";

/** Marks our own requests: another site's form cannot set it (protection against forged requests). */
export const clientHeader = { "X-Shanzhi-Client": "pwa" } as const;

type ReachListener = (reached: boolean) => void;

const listeners = new Set<ReachListener>();
let reached = true;

/** Hears, now and after every request, whether the server was reached: navigator.onLine is true when only the server is away. */
export function onReach(listener: ReachListener): void {
  listeners.add(listener);
  listener(reached);
}

function report(success: boolean): void {
  reached = success;
  for (const listener of listeners) listener(reached);
}

/** fetch that tells "not reached" from "answered". */
export async function reach(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    const response = await fetch(url, {
      credentials: "same-origin",
      ...init,
      headers: { ...clientHeader, ...(init.headers as Record<string, string> | undefined) },
    });
    report(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    report(false);
    throw new UnreachableError(String(error));
  }
}

interface ErrorBody {
  code?: string;
}

export async function refusalOf(response: Response): Promise<TransportError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const fallback = response.status === 401 ? "UNAUTHENTICATED" : response.status === 429 ? "RATE_LIMITED" : `HTTP_${response.status}`;
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  return new TransportError(body.code ?? fallback, response.status, response.headers.get("X-Request-Id") ?? undefined, retryAfter);
}

/** Sends JSON to one of the REST routes and returns the parsed answer (undefined for 204). */
export async function sendJson<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await reach(url, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusalOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json().catch((error: unknown) => {
    // An answer cut off in the middle is none.
    throw new UnreachableError(String(error));
  })) as T;
}
