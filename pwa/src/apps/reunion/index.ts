import { defineAsyncComponent } from "vue";
import { citizenRole, useSession } from "@/kernel/auth/session";
import type { AppManifest } from "@/kernel/manifest";
import { commands } from "./composables/commands";
import { present } from "./composables/familyReports";

const citizens = ["CITIZEN"] as const;
const registrars = ["RESCUE_STATION", "POLICE_OFFICER"] as const;
/** Everybody who works on cases. Patrol police see the entry too: the list shows only what their place has. */
const staff = [...registrars, "POLICE_CHIEF", "CIVIL_AFFAIRS", "FACE_EXPERT"] as const;
/** Whose first work this is: a place in the tab bar; the police reach it from the home page. */
const specialists = ["RESCUE_STATION", "CIVIL_AFFAIRS", "FACE_EXPERT"] as const;

/** A notification does not know who reads it: the family goes to its own page, officers to the case. */
const ownPage = (id: string) => (useSession().role === citizenRole ? "/reunion" : `/reunion/cases/${id}`);

export const reunion: AppManifest = {
  name: "reunion",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    { path: "/reunion", name: "reunion", component: () => import("./pages/ReunionPage.vue") },
    { path: "/reunion/matters/:id", name: "reunion-matter", redirect: ({ params }) => ownPage(String(params["id"])) },
    { path: "/reunion/register/:side(missing|found)", name: "reunion-register", props: true, component: () => import("./pages/RegisterPage.vue") },
    {
      path: "/reunion/cases",
      name: "reunion-cases",
      meta: { wide: true },
      component: () => import("./pages/CasesPage.vue"),
      children: [
        { path: ":id", name: "reunion-case", props: true, meta: { wide: true }, component: () => import("./pages/CasePage.vue") },
        { path: ":id/candidates/:candidate", name: "reunion-candidate", props: true, meta: { wide: true }, component: () => import("./pages/CandidatePage.vue") },
      ],
    },
  ],
  tabs: [
    { label: "reunion.family.tab", icon: "search", to: "/reunion", roles: citizens, shown: present },
    { label: "reunion.list.tab", icon: "search", to: "/reunion/cases", roles: specialists },
  ],
  quickActions: [
    { label: "reunion.quick.cases", icon: "search", to: "/reunion/cases", roles: ["POLICE_OFFICER", "POLICE_CHIEF"] },
    { label: "reunion.register.title.FOUND", icon: "plus", to: "/reunion/register/found", roles: registrars },
    { label: "reunion.register.title.SOUGHT", icon: "plus", to: "/reunion/register/missing", roles: registrars },
  ],
  homePanels: [
    { roles: citizens, component: defineAsyncComponent(() => import("./components/family/FamilyPanel.vue")) },
    { roles: staff, component: defineAsyncComponent(() => import("./components/staff/StaffPanel.vue")) },
  ],
  matterPath: (matterId) => `/reunion/matters/${matterId}`,
  draftPath: () => "",
  commandLabel: (operation) => (commands.has(operation) ? `reunion.command.${operation}` : undefined),
};
