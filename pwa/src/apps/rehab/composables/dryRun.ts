import { type Json, type RehabBand, rehabBands } from "@/generated/schema";

export interface Flow {
  from: RehabBand;
  to: RehabBand;
  /** Null where the group is too small to be told apart. */
  count: number | null;
}

export interface Moved {
  code: string;
  from: RehabBand;
  to: RehabBand;
  before: number;
  after: number;
}

/** What a draft of rules would do to every supervised person of the county. */
export interface DryRun {
  accounts: number;
  rescored: number;
  bands: { band: RehabBand; before: number; after: number }[];
  flow: Flow[];
  moved: Moved[];
}

type Data = { [key: string]: Json };

const isData = (value: Json | undefined): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const bandOf = (value: Json | undefined): RehabBand | undefined => rehabBands.find((band) => band === value);
const numberIn = (value: Json | undefined, key: string): number => (isData(value) && typeof value[key] === "number" ? value[key] : 0);

/** Rows with a known colour at both ends. */
function moves(value: Json | undefined): (Data & { from: RehabBand; to: RehabBand })[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isData).flatMap((row) => {
    const [from, to] = [bandOf(row["from"]), bandOf(row["to"])];
    return from && to ? [{ ...row, from, to }] : [];
  });
}

export const flowOf = (value: Json | undefined): Flow[] => moves(value).map((row) => ({ from: row.from, to: row.to, count: row["count"] === null ? null : numberIn(row, "count") }));

/** The server's answer, or undefined where nothing was tried yet. */
export function dryRunOf(value: Json): DryRun | undefined {
  if (!isData(value)) return undefined;
  return {
    accounts: numberIn(value, "accounts"),
    rescored: numberIn(value, "rescored"),
    bands: rehabBands.map((band) => ({ band, before: numberIn(value["before"], band), after: numberIn(value["after"], band) })),
    flow: flowOf(value["flow"]).filter((one) => one.from !== one.to),
    moved: moves(value["moved"]).map((row) => ({ code: String(row["code"] ?? ""), from: row.from, to: row.to, before: numberIn(row, "before"), after: numberIn(row, "after") })),
  };
}

/** From every colour (rows) to every colour (columns); nothing moved is 0, a group too small to be told apart null. */
export function matrixOf(flow: readonly Flow[]): (number | null)[][] {
  return rehabBands.map((from) => rehabBands.map((to) => flow.filter((one) => one.from === from && one.to === to).reduce<number | null>((sum, { count }) => (sum === null || count === null ? null : sum + count), 0)));
}
