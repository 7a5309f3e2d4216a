import { defineAsyncComponent } from "vue";
import type { Json } from "@/generated/schema";
import type { AppManifest } from "@/kernel/manifest";
import { commands } from "./composables/commands";
import { reportDraftKind } from "./composables/draftKinds";

const leaders = ["COUNTY_CENTER", "PROGRAM_OFFICE", "TOWN_DISPATCHER", "TOWN_LEADER"] as const;
const citizens = ["CITIZEN"] as const;
/** Who may open disputes; officers of other applications find nothing of this one. */
const officers = [
  "COUNTY_CENTER", "GRID_WORKER", "JUSTICE_OFFICE", "LAWYER", "MEDIATION_COMMITTEE", "MEDIATOR", "PETITION_OFFICE", "POLICE_OFFICER", "PROGRAM_OFFICE",
  "TOWN_DISPATCHER", "TOWN_LEADER", "VILLAGE_OFFICER",
] as const;

function matterPath(matterId: string, kind: string, data: Json): string {
  if (kind.startsWith("mediation.signal.")) return "/five-rings/signals";
  if (kind.startsWith("mediation.briefing.")) return "/five-rings/briefings";
  const paper = data && typeof data === "object" && !Array.isArray(data) ? data["paper"] : undefined;
  return typeof paper === "string" ? `/disputes/papers/${paper}` : `/disputes/${matterId}`;
}

export const mediation: AppManifest = {
  name: "mediation",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    { path: "/disputes/report", name: "report-dispute", component: () => import("./pages/ReportPage.vue") },
    { path: "/disputes/hotline", name: "hotline", component: () => import("./pages/HotlinePage.vue") },
    { path: "/disputes/map", name: "dispute-map", component: () => import("./pages/MapPage.vue") },
    { path: "/disputes/papers/:id", name: "paper", props: true, component: () => import("./pages/PaperPage.vue") },
    {
      path: "/disputes",
      name: "disputes",
      meta: { wide: true },
      component: () => import("./pages/DisputesPage.vue"),
      children: [{ path: ":id", name: "dispute", props: true, meta: { wide: true }, component: () => import("./pages/DisputePage.vue") }],
    },
    { path: "/five-rings/figures", name: "mediation-figures", component: () => import("./pages/FiguresPage.vue") },
    { path: "/five-rings/figures/:figure", name: "figure-rows", props: true, component: () => import("./pages/FigureRowsPage.vue") },
    { path: "/five-rings/signals", name: "dispute-signals", component: () => import("./pages/SignalsPage.vue") },
    { path: "/five-rings/briefings", name: "briefings", component: () => import("./pages/BriefingsPage.vue") },
    { path: "/five-rings/scores", name: "unit-scores", component: () => import("./pages/ScoresPage.vue") },
  ],
  tabs: [
    { label: { "zh-CN": "我的事", en: "My matters" }, icon: "list", to: "/disputes", roles: citizens },
    { label: { "zh-CN": "纠纷", en: "Disputes" }, icon: "list", to: "/disputes", roles: officers },
    { label: { "zh-CN": "指标", en: "Figures" }, icon: "chart", to: "/five-rings/figures", roles: leaders },
  ],
  quickActions: [
    { label: { "zh-CN": "反映矛盾纠纷", en: "Report a dispute" }, icon: "edit", to: "/disputes/report", roles: [...citizens, ...officers] },
    { label: { "zh-CN": "纠纷地图", en: "Map of disputes" }, icon: "map", to: "/disputes/map", roles: officers },
    { label: { "zh-CN": "导入热线", en: "Import hotline" }, icon: "phone", to: "/disputes/hotline", roles: ["TOWN_DISPATCHER", "COUNTY_CENTER"] },
    { label: { "zh-CN": "预警信号", en: "Warnings" }, icon: "alert", to: "/five-rings/signals", roles: leaders },
    { label: { "zh-CN": "责任积分", en: "Duty points" }, icon: "shield", to: "/five-rings/scores", roles: officers },
  ],
  homePanels: [
    { roles: officers, component: defineAsyncComponent(() => import("./components/MyTasksPanel.vue")) },
    { roles: citizens, component: defineAsyncComponent(() => import("./components/MyMattersPanel.vue")) },
  ],
  matterPath,
  draftPath: (kind, id) => (kind === reportDraftKind ? `/disputes/report?draft=${id}` : ""),
  commandLabel: (operation) => (commands.has(operation) ? `mediation.command.${operation}` : undefined),
};
