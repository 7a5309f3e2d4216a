import { useI18n } from "vue-i18n";
import type { OversightFigureCard } from "@/generated/oversight";
import { useFormat } from "@/kernel/i18n/format";

/** What leaders look at first; the others follow in groups. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  work: ["lead_to_case", "handling_days", "reply_and_rectify", "deputy_satisfaction"],
  replies: ["reply_on_time", "rectified", "class_a_share", "b_fulfilment"],
  suggestions: ["suggestion_total", "suggestion_on_time", "suggestion_class_a", "suggestion_satisfaction", "suggestion_fulfilment"],
  joint: ["joint_total", "joint_rate"],
};

/** Columns of the table of places. */
export const columns = ["lead_to_case", "handling_days", "reply_and_rectify", "deputy_satisfaction", "joint_total"] as const;

/** A figure as it is written, by its unit. */
export function useFigureText() {
  const { t } = useI18n();
  const { number, percent } = useFormat();

  return ({ value, unit }: Pick<OversightFigureCard, "value" | "unit">): string => {
    if (value === null) return "–";
    if (unit === "%") return percent(value);
    const text = number(Math.round(value * 10) / 10);
    return unit === "d" ? t("figures.days", { n: text }) : text;
  };
}
