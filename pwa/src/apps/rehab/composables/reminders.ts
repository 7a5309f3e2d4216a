import type { RehabCaseDetail } from "@/generated/rehab";
import { daysLeft } from "./standing";

export interface Reminder {
  key: "leave" | "leaveOver" | "renew" | "faceOver";
  /** YYYY-MM-DD */
  day: string;
  to: string;
}

const soonDays = { leave: 3, renew: 30 };

/** What should not be forgotten, beside the next task. */
export function remindersOf(matter: Pick<RehabCaseDetail, "leaves" | "enrolment">, today: string): Reminder[] {
  const reminders: Reminder[] = [];
  for (const leave of matter.leaves.filter((one) => one.state === "ACKNOWLEDGED" && one.fromDay <= today)) {
    if (leave.toDay < today) reminders.push({ key: "leaveOver", day: leave.toDay, to: "/care/requests" });
    else if (daysLeft(leave.toDay, today) <= soonDays.leave) reminders.push({ key: "leave", day: leave.toDay, to: "/care/requests" });
  }
  const { enrolment } = matter;
  if (enrolment?.state === "ACTIVE" && enrolment.renewBy && daysLeft(enrolment.renewBy, today) <= soonDays.renew) {
    reminders.push({ key: "renew", day: enrolment.renewBy, to: "/care/face" });
  }
  if (enrolment?.state === "EXPIRED" && enrolment.renewBy) reminders.push({ key: "faceOver", day: enrolment.renewBy, to: "/care/face" });
  return reminders;
}
