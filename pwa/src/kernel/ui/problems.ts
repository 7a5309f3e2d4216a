import { useI18n } from "vue-i18n";
import type { Refusal } from "@/generated/kernel";
import { RefusedError, TransportError, UnreachableError } from "../graphql/errors";

export interface Problem {
  text: string;
  requestId?: string;
}

/** Words for codes. A code without words of its own still shows, with the code in it. */
export function useProblems() {
  const { t, te } = useI18n();

  function byCode(code: string, data: unknown = {}): string {
    const named = data && typeof data === "object" ? (data as Record<string, unknown>) : {};
    return te(`error.${code}`) ? t(`error.${code}`, named) : t("error.other", { code });
  }

  const refusal = (error: Refusal) => byCode(error.code, error.data);

  function describe(error: unknown): Problem {
    if (error instanceof UnreachableError) return { text: t("error.unreachable") };
    if (error instanceof RefusedError) return { text: error.errors.map(refusal).join(" ") };
    if (error instanceof TransportError) {
      const text = byCode(error.code, { seconds: error.retryAfterSeconds });
      return error.requestId ? { text, requestId: error.requestId } : { text };
    }
    if (error instanceof DOMException && error.name === "NotAllowedError") return { text: t("error.notAllowed") };
    return { text: t("error.other", { code: error instanceof Error ? error.name : "unknown" }) };
  }

  return { refusal, byCode, describe };
}

/** Errors of one input, by its dotted path: "parties" also gets those of "parties.0.phone". */
export function errorsFor(errors: readonly Refusal[], field: string): Refusal[] {
  return errors.filter((error) => {
    const path = error.field?.replace(/^input\./, "");
    return path === field || path?.startsWith(`${field}.`) === true;
  });
}
