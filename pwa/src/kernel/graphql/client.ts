import type { Refusal } from "@/generated/kernel";
import type { Json } from "@/generated/schema";
import { RefusedError, TransportError, UnreachableError, hasCode } from "./errors";
import { reach, refusalOf } from "./http";
import type { Operation } from "./operation";

interface GraphQLAnswer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string; field?: string | null; data?: Json; requestId?: string } }[];
}

export interface ExecuteOptions {
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** False in the background: nobody is there to sign in or to touch a passkey. */
  interactive?: boolean;
}

/** Asks the person for what the server wants; resolves true when the request is worth repeating. */
export type Recovery = () => Promise<boolean>;

const recoveries = new Map<string, Recovery>();

/** The shell registers what to do on UNAUTHENTICATED and STEP_UP_REQUIRED; the open page keeps its state meanwhile. */
export function onRefusal(code: "UNAUTHENTICATED" | "STEP_UP_REQUIRED", recovery: Recovery): void {
  recoveries.set(code, recovery);
}

/** Sends one trusted document. Errors: UnreachableError, TransportError; RefusedError when a variable is to blame. */
export async function execute<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  options: ExecuteOptions = {},
): Promise<Result> {
  return recovering(() => post(operation, variables, options), options);
}

/** Sends a command and returns its payload. Errors as `execute`, and RefusedError with the payload's errors. */
export async function command<Payload extends { errors: Refusal[] }, Variables>(
  operation: Operation<Record<string, Payload>, Variables>,
  variables: Variables,
  options: ExecuteOptions = {},
): Promise<Payload> {
  const keyed = { ...options, idempotencyKey: options.idempotencyKey ?? crypto.randomUUID() };
  return recovering(async () => {
    const result = await post(operation, variables, keyed);
    const payload = Object.values(result)[0];
    if (!payload) throw new TransportError("EMPTY_ANSWER", 200, undefined);
    if (payload.errors.length) throw new RefusedError(payload.errors);
    return payload;
  }, options);
}

async function recovering<T>(attempt: () => Promise<T>, options: ExecuteOptions): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (options.interactive === false) throw error;
    for (const [code, recover] of recoveries) {
      if (hasCode(error, code) && (await recover())) return attempt();
    }
    throw error;
  }
}

async function post<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  options: ExecuteOptions,
): Promise<Result> {
  const response = await reach("/graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      ...(options.idempotencyKey ? { "Idempotency-Key": options.idempotencyKey } : {}),
    },
    body: JSON.stringify({ documentId: operation.id, operationName: operation.name, variables }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!response.ok) throw await refusalOf(response);
  const requestId = response.headers.get("X-Request-Id") ?? undefined;
  const answer = await response.json().catch((error: unknown) => {
    throw new UnreachableError(String(error));
  }) as GraphQLAnswer<Result>;
  const first = answer.errors?.[0];
  const { code, field, data } = first?.extensions ?? {};
  if (code && field) throw new RefusedError([{ code, field, data: data ?? null }]);
  if (first) throw new TransportError(first.extensions?.code ?? "INTERNAL", response.status, first.extensions?.requestId ?? requestId);
  if (!answer.data) throw new TransportError("EMPTY_ANSWER", response.status, requestId);
  return answer.data;
}
