import { computed, ref, shallowRef } from "vue";
import type { Refusal } from "@/generated/kernel";
import { command } from "../graphql/client";
import { RefusedError } from "../graphql/errors";
import type { Operation } from "../graphql/operation";
import { errorsFor } from "../ui/problems";
import { missing } from "../fields/missing";

/** For desk work that is not about one matter: sent at once or not at all; the form keeps what was typed. */
export function useOnlineCommand(fields: readonly string[]) {
  const busy = ref(false);
  const failure = shallowRef<unknown>();
  const refusals = computed(() => (failure.value instanceof RefusedError ? failure.value.errors : []));
  const errorsOf = (field: string) => errorsFor(refusals.value, field);
  /** What no field shows. */
  const general = computed(() => {
    if (!(failure.value instanceof RefusedError)) return failure.value;
    const left = refusals.value.filter((entry) => !fields.some((field) => errorsFor([entry], field).length));
    return left.length ? new RefusedError(left) : undefined;
  });

  async function send<Payload extends { errors: Refusal[] }, Variables>(
    operation: Operation<Record<string, Payload>, Variables>,
    variables: Variables,
    required: Record<string, unknown>,
  ): Promise<boolean> {
    const lacking = missing(required);
    failure.value = lacking.length ? new RefusedError(lacking) : undefined;
    if (lacking.length) return false;
    busy.value = true;
    try {
      await command(operation, variables);
      return true;
    } catch (problem) {
      failure.value = problem;
      return false;
    } finally {
      busy.value = false;
    }
  }

  const reset = () => (failure.value = undefined);
  return { busy, errorsOf, general, send, reset };
}
