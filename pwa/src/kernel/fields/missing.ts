import type { Refusal } from "@/generated/kernel";

function empty(value: unknown): boolean {
  if (typeof value === "string") return !value.trim();
  if (Array.isArray(value)) return !value.some((entry) => !empty(entry));
  return value === null || value === undefined || value === false;
}

/** One REQUIRED per field without a value; a box that must be ticked counts as empty until it is. */
export function missing(fields: Record<string, unknown>): Refusal[] {
  return Object.entries(fields)
    .filter(([, value]) => empty(value))
    .map(([field]) => ({ code: "REQUIRED", field, data: null }));
}

/** What is left to say of a field: that it is missing is over as soon as it has a value. */
export const leftOf = (errors: readonly Refusal[], value: unknown): readonly Refusal[] => (empty(value) ? errors : errors.filter((entry) => entry.code !== "REQUIRED"));
