import type { Json } from "@/generated/schema";
import type { TwoTongues } from "./words";

/** A number the county may set, as it is typed, beside what the city has. */
export interface Setting {
  /** Where it lies, as the server names it in a refusal: "bands.B.lower", "rules.test_late.points". */
  path: string;
  text: string;
  city: number;
  /** The range the law of override leaves; open where only the server knows. */
  least?: number;
  most?: number;
}

export interface BandSettings {
  name: string;
  label: TwoTongues;
  settings: Setting[];
}

export interface RuleSettings {
  id: string;
  label: TwoTongues;
  settings: Setting[];
}

export interface RuleForm {
  bands: BandSettings[];
  rules: RuleSettings[];
  general: Setting[];
}

type Data = { [key: string]: Json };

const isData = (value: Json | undefined): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: Json | undefined): Data[] => (Array.isArray(value) ? value.filter(isData) : []);
const tongues = (value: Json | undefined): TwoTongues => (isData(value) ? { zh: String(value["zh"] ?? ""), en: String(value["en"] ?? "") } : { zh: "", en: "" });

/** What a county may change (domain rules of override): weights ±30 %, band limits ±5 points, a quarter's deductions not more than the city's. */
const weightShare = 0.3;
const bandPoints = 5;
/** What of a band's measures a county may set; the others are locked by the city. */
const measures = ["contact_days", "visit_days", "review_months"] as const;

const tidy = (value: number): number => Math.round(value * 100) / 100;

function setting(path: string, city: number, range: { least?: number; most?: number } = {}): Setting {
  return { path, text: String(city), city, ...range };
}

function bandOf(band: Data): BandSettings {
  const name = String(band["name"]);
  const lower = Number(band["lower"]);
  const given = isData(band["measures"]) ? band["measures"] : {};
  const days = measures.filter((key) => typeof given[key] === "number").map((key) => setting(`bands.${name}.measures.${key}`, Number(given[key]), { least: 1 }));
  // The lowest band begins at the floor and has no limit to move.
  const limit = lower > 0 ? [setting(`bands.${name}.lower`, lower, { least: lower - bandPoints, most: lower + bandPoints })] : [];
  return { name, label: tongues(band["label"]), settings: [...limit, ...days] };
}

function ruleOf(rule: Data): RuleSettings {
  const [id, points, cap] = [String(rule["id"]), Number(rule["points"]), rule["cap_per_year"]];
  const ends = [points * (1 - weightShare), points * (1 + weightShare)].map(tidy).sort((a, b) => a - b);
  const settings = points === 0 ? [] : [setting(`rules.${id}.points`, points, { least: ends[0] ?? points, most: ends[1] ?? points })];
  if (typeof cap === "number") settings.push(setting(`rules.${id}.cap_per_year`, cap, { least: 0 }));
  return { id, label: tongues(rule["text"]), settings };
}

/** The city's rules as a form. What a county must not touch is not in it. */
export function formOf(city: Json): RuleForm {
  const data = isData(city) ? city : {};
  const quarter = Number(data["quarter_deduction_cap"]);
  return {
    bands: listOf(data["bands"]).map(bandOf),
    rules: listOf(data["rules"]).map(ruleOf).filter((rule) => rule.settings.length),
    general: Number.isFinite(quarter) ? [setting("quarter_deduction_cap", quarter, { least: 0, most: quarter })] : [],
  };
}

export const settingsOf = (form: RuleForm): Setting[] => [...form.bands, ...form.rules].flatMap((group) => group.settings).concat(form.general);

export type SettingProblem = "REQUIRED" | "INVALID";

/** What the phone can tell before the server judges: empty, or no number. */
export function problemOf(one: Setting): SettingProblem | undefined {
  if (!one.text.trim()) return "REQUIRED";
  return Number.isFinite(Number(one.text)) ? undefined : "INVALID";
}

export const isChanged = (one: Setting): boolean => Number(one.text) !== one.city;
export const outOfRange = (one: Setting): boolean => Number(one.text) < (one.least ?? -Infinity) || Number(one.text) > (one.most ?? Infinity);

/** The city's data with the form's numbers in their places, as the server takes it. */
export function dataOf(city: Json, form: RuleForm): Data {
  const data = structuredClone(isData(city) ? city : {});
  for (const one of settingsOf(form).filter(isChanged)) put(data, one.path.split("."), Number(one.text));
  return data;
}

/** Bands are found by name and rules by id; everything below by key. */
function put(data: Data, path: readonly string[], value: number): void {
  const [head = "", ...rest] = path;
  if (!rest.length) return void (data[head] = value);
  const inside = data[head];
  if (Array.isArray(inside)) {
    const [name, ...below] = rest;
    const found = inside.filter(isData).find((one) => one["name"] === name || one["id"] === name);
    if (found) put(found, below, value);
  } else if (isData(inside)) put(inside, rest, value);
}
