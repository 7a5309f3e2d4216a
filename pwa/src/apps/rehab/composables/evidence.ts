import type { RehabRulebookCard } from "@/generated/rehab";

export type Rule = RehabRulebookCard["rules"][number];

export interface EvidenceChoice {
  value: string;
  kinds: string[];
}

/** A rule accepts any one of its groups of evidence; a group is needed whole, and a kind named twice is needed twice. */
export const evidenceChoices = (rule: Rule): EvidenceChoice[] => rule.evidence.map((kinds, index) => ({ value: String(index), kinds }));

/** "two contact tries, plan": each kind once, with how often it is needed. */
export function counted(kinds: readonly string[]): { kind: string; times: number }[] {
  return [...new Set(kinds)].map((kind) => ({ kind, times: kinds.filter((one) => one === kind).length }));
}

/** Rules that add and rules that take away, in the order of the rulebook; a rule without points only sets a ceiling. */
export function grouped(rules: readonly Rule[]): { adds: Rule[]; takes: Rule[] } {
  return { adds: rules.filter((rule) => rule.points > 0), takes: rules.filter((rule) => rule.points <= 0) };
}
