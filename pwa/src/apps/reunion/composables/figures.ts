import { useI18n } from "vue-i18n";
import type { ReunionFigureCard } from "@/generated/reunion";
import { useFormat } from "@/kernel/i18n/format";

/** What the leaders look at first; the others follow in groups. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  home: ["returned_total", "children_reunited", "median_days_home", "days_to_candidates"],
  quality: ["search_success", "false_lead_rate", "erasure_on_time"],
  helping: ["assist_on_time", "assists_answered", "assists_thanked"],
  tasks: ["tasks_on_time", "tasks_on_time_police", "tasks_on_time_civil_affairs", "tasks_on_time_station", "tasks_on_time_village"],
};

/** Columns of the table of places. */
export const columns = ["returned_total", "children_reunited", "median_days_home", "assists_answered", "assists_thanked"] as const;

/** A figure as it is written, by its unit. */
export function useFigureText() {
  const { t } = useI18n();
  const { number, percent } = useFormat();

  return ({ value, unit }: Pick<ReunionFigureCard, "value" | "unit">): string => {
    if (value === null) return "–";
    if (unit === "%") return percent(value);
    const text = number(Math.round(value * 10) / 10);
    return unit === "d" ? t("figures.days", { n: text }) : text;
  };
}
