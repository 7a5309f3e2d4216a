import type { ReunionCareCard } from "@/generated/reunion";

/** "Third time in 14 months": how many finds, and the months from the first to the last; nothing about one alone. */
export function repeatsOf(finds: ReunionCareCard["finds"]): { count: number; months: number } | undefined {
  const times = finds.map((find) => Date.parse(find.registeredAt)).sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (times.length < 2 || first === undefined || last === undefined) return undefined;
  const month = 365.25 * 86_400_000 / 12;
  return { count: times.length, months: Math.max(1, Math.round((last - first) / month)) };
}

export const openCalls = (care: ReunionCareCard | null): number => care?.calls.filter((call) => call.state !== "CLOSED").length ?? 0;
