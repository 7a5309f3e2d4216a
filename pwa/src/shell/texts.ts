import type { LocaleLoaders } from "@/kernel/i18n";

export const shellTexts: LocaleLoaders = {
  "zh-CN": () => import("./locales/zh-CN.json"),
  en: () => import("./locales/en.json"),
};
