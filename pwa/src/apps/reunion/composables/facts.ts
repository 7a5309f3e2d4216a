import type { ReunionFactsCard } from "@/generated/reunion";
import type { ReunionSide } from "@/generated/schema";

/** The parts of a record that words alone can show; dates and heights are understood as spans. */
export interface FactRow {
  name: string;
  /** Key of the text, where it is not reunion.field.<name>. */
  label?: string;
  /** As somebody wrote it. */
  written: string;
  /** As the product understood it, where that says more. */
  understood?: string;
}

export interface FactWording {
  word: (group: string, value: string) => string;
  dialect: (code: string) => string;
  date: (iso: string) => string;
  between: (from: string, to: string) => string;
  centimetres: (least: number, most: number) => string;
  joint: string;
}

export interface Recorded {
  side: ReunionSide;
  facts: ReunionFactsCard;
  placeText: string | null;
  seenText: string | null;
}

function spanOf(from: string | null, to: string | null, wording: FactWording): string | undefined {
  if (!from || !to) return undefined;
  return from === to ? wording.date(from) : wording.between(wording.date(from), wording.date(to));
}

function understood(row: { name: string; written: string }, more: string | undefined): FactRow {
  return more && more !== row.written ? { ...row, understood: more } : row;
}

const sided = (name: "seen" | "placeText", side: ReunionSide) => `reunion.sided.${name}.${side === "FOUND" ? "found" : "sought"}`;

/** Every fact that is not blank, as it was written and as it was understood. */
export function factRows({ side, facts, placeText, seenText }: Recorded, wording: FactWording): FactRow[] {
  const height = facts.heightLeast !== null && facts.heightMost !== null ? wording.centimetres(facts.heightLeast, facts.heightMost) : undefined;
  const rows: FactRow[] = [
    { name: "name", written: facts.name ?? "" },
    { name: "nicknames", written: facts.nicknames.join(wording.joint) },
    { name: "sex", written: wording.word("sex", facts.sex) },
    understood({ name: "born", written: facts.bornText ?? "" }, spanOf(facts.bornFrom, facts.bornTo, wording)),
    understood({ name: "height", written: facts.heightText ?? "" }, height),
    { name: "dialect", written: facts.dialect ? wording.dialect(facts.dialect) : "" },
    { name: "originText", written: facts.originText ?? "" },
    { name: "marks", written: facts.marks ?? "" },
    { name: "clothes", written: facts.clothes ?? "" },
    { name: "seen", label: sided("seen", side), written: seenText ?? "" },
    { name: "placeText", label: sided("placeText", side), written: placeText ?? "" },
    { name: "relatives", written: facts.relatives.join(wording.joint) },
    { name: "circumstances", written: facts.circumstances ?? "" },
    { name: "dnaRef", written: [facts.dnaRef, facts.dnaLab].filter(Boolean).join(wording.joint) },
  ];
  return rows.filter((row) => row.written);
}
