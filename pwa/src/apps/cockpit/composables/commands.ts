/** Operations that may wait in the outbox; each has a name in the locale files (cockpit.command.…). */
export const commands: ReadonlySet<string> = new Set([
  "AddAgendaItem", "AddToConsultation", "AdvanceScene", "AnswerProblem", "AssignAction", "AssignProblem", "CallMeeting", "CancelMeeting", "PrintBoard", "CheckAction", "CheckPlan", "CorrectHazard",
  "CorrectProblem", "CorrectTask", "DefinePillar", "EstablishScene", "FindHazard", "FinishAction", "FinishMilestone", "GradeHazard", "HoldMeeting", "IssueWeeklyList",
  "JoinSceneTeam", "JudgeProblem", "OrderRectification", "PlanMilestone", "PostponeAction", "ProposeScene", "ProveScene", "RecordHonour", "RectifyHazard", "RegisterSafetyPlace",
  "ReportPlan", "ReportProblem", "ReportProblemAgain", "RetireScene", "ReviewScene", "SetIndicator", "VerifyHazard", "WritePlan",
]);
