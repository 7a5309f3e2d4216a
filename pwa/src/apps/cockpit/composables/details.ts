import type { CockpitTaskDetail } from "@/generated/cockpit";
import type { ClockDetail, PaperCard, TimelinePage } from "@/generated/kernel";
import type { Item } from "./item";

export type CorrectionLine = CockpitTaskDetail["corrections"][number];

/** What the page of every kind shows beside its own. */
export interface ItemDetail extends Item {
  clocks: readonly ClockDetail[];
  timeline: TimelinePage;
  papers?: readonly PaperCard[];
  corrections?: readonly CorrectionLine[];
}
