import { defineAsyncComponent } from "vue";
import type { RouteRecordRaw } from "vue-router";
import type { AppManifest } from "@/kernel/manifest";
import { commands } from "./composables/commands";
import { hazardDraftKind } from "./composables/draftKinds";
import { matterPath } from "./composables/paths";

/** Whoever leads a city, a county or a township. */
const leaders = ["TOWN_LEADER", "COUNTY_CENTER", "PROGRAM_OFFICE"] as const;

/** Whoever finds hazards or has tasks, without running the programme. */
const hands = ["GRID_WORKER", "VILLAGE_OFFICER", "SECTOR_REGULATOR"] as const;
const everybody = [...leaders, ...hands];

/** The list of one kind, with its rows beside it on wide screens. */
const listed = (path: string, kind: string, component: RouteRecordRaw["component"]): RouteRecordRaw => ({
  path: `/cockpit/${path}`, name: `cockpit-${path}`, props: { kind }, meta: { wide: true, allWords: true }, component: () => import("./pages/ListsPage.vue"),
  children: [{ path: ":id", name: `cockpit-${kind}`, props: true, meta: { wide: true, allWords: true }, component: component as NonNullable<typeof component> }],
});

export const cockpit: AppManifest = {
  name: "cockpit",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    { path: "/cockpit", name: "cockpit", meta: { wide: true, allWords: true }, component: () => import("./pages/CockpitPage.vue") },
    { path: "/cockpit/figures/:app/:figure", name: "cockpit-figure", props: true, meta: { wide: true, allWords: true }, component: () => import("./pages/FigurePage.vue") },
    { path: "/cockpit/programme", name: "cockpit-programme", meta: { allWords: true }, component: () => import("./pages/ProgrammePage.vue") },
    { path: "/cockpit/new/:what", name: "cockpit-new", props: true, component: () => import("./pages/NewPage.vue") },
    { path: "/cockpit/hazards/find", name: "cockpit-find-hazard", component: () => import("./pages/FindHazardPage.vue") },
    { path: "/cockpit/papers/:id", name: "cockpit-paper", props: true, component: () => import("./pages/PaperPage.vue") },
    listed("meetings", "meeting", () => import("./pages/MeetingPage.vue")),
    listed("tasks", "task", () => import("./pages/TaskPage.vue")),
    listed("problems", "problem", () => import("./pages/ProblemPage.vue")),
    listed("hazards", "hazard", () => import("./pages/HazardPage.vue")),
    listed("scenes", "scene", () => import("./pages/ScenePage.vue")),
  ],
  tabs: [
    { label: { "zh-CN": "驾驶舱", en: "Cockpit" }, icon: "chart", to: "/cockpit", roles: leaders },
    { label: { "zh-CN": "隐患", en: "Hazards" }, icon: "shield", to: "/cockpit/hazards", roles: ["SECTOR_REGULATOR"] },
  ],
  quickActions: [
    { label: { "zh-CN": "驾驶舱", en: "Cockpit" }, icon: "chart", to: "/cockpit", roles: leaders },
    { label: { "zh-CN": "137+X", en: "137+X" }, icon: "list", to: "/cockpit/programme", roles: leaders },
    { label: { "zh-CN": "会商", en: "Meetings" }, icon: "people", to: "/cockpit/meetings", roles: leaders },
    { label: { "zh-CN": "任务", en: "Tasks" }, icon: "check", to: "/cockpit/tasks", roles: [...leaders, "VILLAGE_OFFICER", "SECTOR_REGULATOR"] },
    { label: { "zh-CN": "报告隐患", en: "Report a hazard" }, icon: "camera", to: "/cockpit/hazards/find", roles: hands },
    { label: { "zh-CN": "隐患", en: "Hazards" }, icon: "shield", to: "/cockpit/hazards", roles: everybody },
  ],
  homePanels: [{ roles: everybody, component: defineAsyncComponent(() => import("./components/home/WorkPanel.vue")) }],
  matterPath,
  draftPath: (kind, id) => (kind === hazardDraftKind ? `/cockpit/hazards/find?draft=${id}` : ""),
  commandLabel: (operation) => (commands.has(operation) ? `cockpit.command.${operation}` : undefined),
};
