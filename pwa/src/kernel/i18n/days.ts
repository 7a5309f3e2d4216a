/** Calendar days in China's time, wherever the phone is. */
const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });

export const dayOf = (moment: Date): string => dayFormat.format(moment);
export const today = (): string => dayOf(new Date());

/** A "datetime-local" value is meant in China's time. */
export const momentOf = (local: string): string => (local ? `${local}:00+08:00` : "");

export const periods = ["month", "quarter", "year"] as const;
export type Period = (typeof periods)[number];

/** From the first day of the running period up to and including `day`. */
export function periodUpTo(day: string, period: Period): { from: string; to: string } {
  const [year, month] = [day.slice(0, 4), Number(day.slice(5, 7))];
  const first = { month, quarter: Math.floor((month - 1) / 3) * 3 + 1, year: 1 }[period];
  return { from: `${year}-${String(first).padStart(2, "0")}-01`, to: day };
}

/** "2026Q4", and the quarters before it, newest first. */
export function quartersUpTo(day: string, count: number): string[] {
  const newest = Number(day.slice(0, 4)) * 4 + Math.floor((Number(day.slice(5, 7)) - 1) / 3);
  return Array.from({ length: count }, (_, back) => `${Math.floor((newest - back) / 4)}Q${((newest - back) % 4) + 1}`);
}
