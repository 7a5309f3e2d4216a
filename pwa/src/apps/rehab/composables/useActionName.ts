import { useI18n } from "vue-i18n";
import { citizenRole, useSession } from "@/kernel/auth/session";

/** What an action is called, and what is said above its form. What the person and the staff both may do is worded for each. */
export function useActionName() {
  const { t, te } = useI18n();
  const session = useSession();
  const own = (group: string, name: string) => `rehab.staff.${group}.${name}`;
  const forStaff = (group: string, name: string) => session.role !== citizenRole && te(own(group, name));

  const actionName = (name: string): string => (forStaff("action", name) ? t(own("action", name)) : t(`rehab.action.${name}`));

  function actionHint(name: string): string {
    if (forStaff("actionHint", name)) return t(own("actionHint", name));
    return te(`rehab.actionHint.${name}`) ? t(`rehab.actionHint.${name}`) : "";
  }

  return { actionName, actionHint };
}
