import type { DivisionName } from "@/generated/kernel";
import type { ReunionCaseDetail } from "@/generated/reunion";
import { type FactsInput, type ReunionSex, reunionSexes } from "@/generated/schema";

/** What is written down about somebody; everything may stay blank, because often nobody knows. */
export interface FactsValues {
  name: string;
  nicknames: string[];
  sex: string;
  born: string;
  height: string;
  dialect: string;
  originText: string;
  origin: DivisionName | null;
  marks: string;
  clothes: string;
  relatives: string[];
  circumstances: string;
  placeText: string;
  place: DivisionName | null;
  seen: string;
  dnaRef: string;
  dnaLab: string;
}

/** The families of speech a clerk can tell apart, and where one has well-known branches, those (dotted, as the server compares them). */
export const dialects = [
  "mandarin", "mandarin.northeast", "mandarin.southwest", "mandarin.jianghuai", "mandarin.zhongyuan", "jin", "wu", "wu.taizhou", "wu.wenzhou", "min.south", "min.east",
  "yue", "hakka", "gan", "xiang", "hui", "pinghua", "tibetan", "uyghur", "mongolian", "zhuang", "yi", "foreign",
] as const;

/** A dotted code cannot be the name of a text. */
export const dialectWord = (code: string): string => code.replaceAll(".", "_");

export const noFacts = (): FactsValues => ({
  name: "", nicknames: [""], sex: "UNKNOWN", born: "", height: "", dialect: "", originText: "", origin: null, marks: "", clothes: "", relatives: [""],
  circumstances: "", placeText: "", place: null, seen: "", dnaRef: "", dnaLab: "",
});

const lines = (texts: readonly string[]) => (texts.length ? [...texts] : [""]);

/** What a correction starts from: the words as they were written, not as they were understood. */
export function factsOf({ facts, placeText, place, seenText }: ReunionCaseDetail): FactsValues {
  return {
    name: facts.name ?? "", nicknames: lines(facts.nicknames), sex: facts.sex, born: facts.bornText ?? "", height: facts.heightText ?? "", dialect: facts.dialect ?? "",
    originText: facts.originText ?? "", origin: null, marks: facts.marks ?? "", clothes: facts.clothes ?? "", relatives: lines(facts.relatives),
    circumstances: facts.circumstances ?? "", placeText: placeText ?? "", place, seen: seenText ?? "", dnaRef: facts.dnaRef ?? "", dnaLab: facts.dnaLab ?? "",
  };
}

const filled = (text: string) => text.trim() || null;
const filledLines = (texts: readonly string[]) => texts.map((line) => line.trim()).filter(Boolean);

export function factsInput(values: FactsValues): FactsInput {
  const sex: ReunionSex = reunionSexes.find((one) => one === values.sex) ?? "UNKNOWN";
  return {
    name: filled(values.name), nicknames: filledLines(values.nicknames), sex, born: filled(values.born), height: filled(values.height), dialect: filled(values.dialect),
    originText: filled(values.originText), origin: values.origin?.code ?? null, marks: filled(values.marks), clothes: filled(values.clothes),
    relatives: filledLines(values.relatives), circumstances: filled(values.circumstances), placeText: filled(values.placeText), place: values.place?.code ?? null,
    seen: filled(values.seen), dnaRef: filled(values.dnaRef), dnaLab: filled(values.dnaLab),
  };
}

/** Every field of the form by the path under which the server names it. */
export const factPaths: readonly string[] = Object.keys(noFacts()).map((name) => `facts.${name}`);
