import type { DivisionName } from "@/generated/kernel";
import { type RegisterFoundInput, type ReportMissingInput, type ReunionCaseKind, type ReunionCondition, type ReunionSide, reunionConditions } from "@/generated/schema";
import { today } from "@/kernel/i18n/days";
import { type FactsValues, factsInput, noFacts } from "./factsForm";

export const kindsOf: Readonly<Record<ReunionSide, readonly ReunionCaseKind[]>> = {
  SOUGHT: ["ELDERLY", "CHILD", "ABDUCTED", "OTHER_MISSING"],
  FOUND: ["AT_STATION", "IN_HOSPITAL", "ON_STREET", "DECEASED"],
};

/** The form of either side; each sends its own part. */
export interface Registration {
  kind: string;
  division: DivisionName | null;
  facts: FactsValues;
  reporterName: string;
  relation: string;
  phone: string;
  policeCaseNo: string;
  station: string;
  admittedOn: string;
  conditions: ReunionCondition[];
  languages: string;
  claims: string;
}

export const emptyRegistration = (side: ReunionSide, division: DivisionName | null, station: string): Registration => ({
  kind: side === "FOUND" ? "AT_STATION" : "", division, facts: noFacts(), reporterName: "", relation: "", phone: "", policeCaseNo: "", station, admittedOn: today(),
  conditions: [], languages: "", claims: "",
});

const kindOf = (side: ReunionSide, values: Registration) => kindsOf[side].find((kind) => kind === values.kind) ?? "OTHER_MISSING";
const filled = (text: string) => text.trim() || null;

export function missingInput(values: Registration): ReportMissingInput {
  return {
    kind: kindOf("SOUGHT", values), division: values.division?.code ?? "", facts: factsInput(values.facts), reporterName: values.reporterName.trim(),
    relation: values.relation.trim(), phone: values.phone.trim(), policeCaseNo: filled(values.policeCaseNo),
  };
}

export function foundInput(values: Registration): RegisterFoundInput {
  return {
    kind: kindOf("FOUND", values), division: values.division?.code ?? "", facts: factsInput(values.facts), station: values.station.trim(), admittedOn: values.admittedOn,
    conditions: reunionConditions.filter((one) => values.conditions.includes(one)), languages: filled(values.languages), claims: filled(values.claims),
  };
}

/** What has to be filled before anything is sent. */
export function requiredFor(side: ReunionSide, { kind, division, reporterName, relation, phone, station, admittedOn }: Registration): Record<string, unknown> {
  const always = { kind, division: division?.code ?? "" };
  return side === "SOUGHT" ? { ...always, reporterName, relation, phone } : { ...always, station, admittedOn };
}

/** What the person recognises in the outbox; a lock screen does not show it. */
export const titleOf = (values: Registration, unnamed: string): string => values.facts.name.trim() || unnamed;
