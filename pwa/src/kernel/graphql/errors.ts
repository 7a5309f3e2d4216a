import type { Refusal } from "@/generated/kernel";

/** The server could not be reached (no network, server down, answer cut off). Worth sending again. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The server answered, but not with a result. `requestId` is in the server's log. */
export class TransportError extends Error {
  override readonly name = "TransportError";

  constructor(
    readonly code: string,
    readonly status: number,
    readonly requestId: string | undefined,
    readonly retryAfterSeconds?: number,
  ) {
    super(code);
  }

  /** True when the same request may succeed later without a change by the person. */
  get temporary(): boolean {
    return this.status >= 500 || this.status === 429 || this.code === "RATE_LIMITED";
  }
}

/** The command was understood and refused; every entry names a code, and a field when one is to blame. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(readonly errors: readonly Refusal[]) {
    super(errors.map((error) => error.code).join(", "));
  }

  has(code: string): boolean {
    return this.errors.some((error) => error.code === code);
  }
}

export function hasCode(error: unknown, code: string): boolean {
  if (error instanceof RefusedError) return error.has(code);
  return error instanceof TransportError && error.code === code;
}
