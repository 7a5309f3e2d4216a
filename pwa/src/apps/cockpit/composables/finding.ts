import type { DivisionName, Refusal } from "@/generated/kernel";
import type { CockpitKeyUnit, FindHazardInput } from "@/generated/schema";
import type { FoundPosition } from "@/kernel/positions/usePosition";

/** A hazard while it is being written down, on the spot: as kept in a draft, so plain JSON only. */
export interface HazardValues {
  unit: CockpitKeyUnit | "";
  division: DivisionName | null;
  /** A place that is registered; empty where it is none. */
  placeId: string;
  placeText: string;
  text: string;
  position: FoundPosition | null;
  /** When it was seen: the phone may send it much later. */
  foundAt: string;
}

export const emptyHazard = (): HazardValues => ({ unit: "", division: null, placeId: "", placeText: "", text: "", position: null, foundAt: new Date().toISOString() });

export const hasContent = (values: HazardValues): boolean => Boolean(values.placeText.trim() || values.text.trim() || values.unit);

export const titleOf = (values: HazardValues): string => values.placeText.trim() || values.text.trim().slice(0, 40);

const lacks = (field: string): Refusal => ({ code: "REQUIRED", field, data: null });

/** What can be told without the server; the server checks everything again. */
export const checkHazard = (values: HazardValues): Refusal[] =>
  (["unit", "division", "placeText", "text"] as const).filter((name) => !values[name] || (typeof values[name] === "string" && !(values[name] as string).trim())).map(lacks);

/** `hazardId` is the draft's: sent twice, the hazard is recorded once. */
export const toInput = (hazardId: string, values: HazardValues): FindHazardInput => ({
  hazardId, unit: values.unit || "VILLAGE", division: values.division?.code ?? "", placeId: values.placeId || null, placeText: values.placeText.trim(), text: values.text.trim(), foundAt: values.foundAt,
  latitude: values.position?.latitude ?? null, longitude: values.position?.longitude ?? null, fileIds: [],
});
