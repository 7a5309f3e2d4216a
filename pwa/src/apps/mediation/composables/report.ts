import type { DivisionName, Refusal } from "@/generated/kernel";
import type { DisputeCategory, PartyInput, PartySide, ReportDisputeInput, ReporterMode } from "@/generated/schema";

export const shortestStatement = 10;

export interface PartyDraft {
  side: PartySide;
  name: string;
  phone: string;
}

/** A report while it is being written: as kept in a draft, so plain JSON only. */
export interface ReportValues {
  statement: string;
  title: string;
  claims: string;
  category: DisputeCategory | "";
  division: DivisionName | null;
  placeText: string;
  latitude: number | null;
  longitude: number | null;
  reporterMode: ReporterMode;
  violence: boolean;
  amount: string;
  peopleInvolved: string;
  parties: PartyDraft[];
  relatedTo: { id: string; code: string } | null;
  eServiceConsent: boolean;
  occurredAt: string;
}

export const emptyReport = (): ReportValues => ({
  statement: "", title: "", claims: "", category: "", division: null, placeText: "", latitude: null, longitude: null,
  reporterMode: "NAMED", violence: false, amount: "", peopleInvolved: "",
  parties: [], relatedTo: null, eServiceConsent: false, occurredAt: "",
});

/** Worth keeping as a draft. */
export function hasContent(values: ReportValues): boolean {
  return Boolean(values.statement.trim() || values.title.trim() || values.category || values.placeText.trim() || values.parties.length);
}

export function titleOf(values: ReportValues): string {
  const text = values.title.trim() || values.statement.trim().replace(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const refuse = (code: string, field: string, data: Refusal["data"] = null): Refusal => ({ code, field, data });
const isPhone = (text: string) => /^\+?[\d\s-]{7,20}$/.test(text.trim());
const numberOf = (text: string) => Number(text.replace(/[,，\s]/g, ""));

/** What can be told without the server; the server checks everything again. */
export function checkReport(values: ReportValues, today: string): Refusal[] {
  const refusals: Refusal[] = [];
  const length = values.statement.trim().length;
  if (!length) refusals.push(refuse("REQUIRED", "statement"));
  else if (length < shortestStatement) refusals.push(refuse("TOO_SHORT", "statement", { min: shortestStatement }));
  if (!values.category) refusals.push(refuse("REQUIRED", "category"));
  if (!values.division) refusals.push(refuse("REQUIRED", "division"));
  values.parties.forEach((party, index) => {
    if (!party.name.trim() && party.phone.trim()) refusals.push(refuse("REQUIRED", `parties.${index}.name`));
    if (party.phone.trim() && !isPhone(party.phone)) refusals.push(refuse("PHONE_INVALID", `parties.${index}.phone`));
  });
  if (values.amount.trim() && !(numberOf(values.amount) >= 0)) refusals.push(refuse("INVALID", "amount"));
  const people = numberOf(values.peopleInvolved);
  if (values.peopleInvolved.trim() && !(Number.isInteger(people) && people > 0)) refusals.push(refuse("INVALID", "peopleInvolved"));
  if (values.occurredAt && values.occurredAt > today) refusals.push(refuse("INVALID", "occurredAt"));
  return refusals;
}

/** `clientId` makes a second sending of the same report harmless. */
export function toInput(values: ReportValues, clientId: string): ReportDisputeInput {
  const parties: PartyInput[] = values.parties
    .filter((party) => party.name.trim())
    .map((party) => ({ side: party.side, name: party.name.trim(), phone: party.phone.trim() || null }));
  return {
    clientId,
    statement: values.statement.trim(),
    title: values.title.trim() || null,
    claims: values.claims.trim() || null,
    category: values.category || "OTHER",
    division: values.division?.code ?? "",
    placeText: values.placeText.trim() || null,
    latitude: values.latitude,
    longitude: values.longitude,
    reporterMode: values.reporterMode,
    violence: values.violence,
    amount: values.amount.trim() ? numberOf(values.amount) : null,
    peopleInvolved: values.peopleInvolved.trim() ? numberOf(values.peopleInvolved) : null,
    parties,
    fileIds: [],
    relatedTo: values.relatedTo?.id ?? null,
    eServiceConsent: values.eServiceConsent && values.reporterMode !== "ANONYMOUS",
    occurredAt: values.occurredAt ? `${values.occurredAt}T00:00:00+08:00` : null,
  };
}
