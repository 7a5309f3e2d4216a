/** Operations that may wait in the outbox; each has a name in the locale files. */
export const commands: ReadonlySet<string> = new Set([
  "AcceptDispute", "AddMaterial", "AskExtension", "AssignDispute", "CloseDispute", "DecideExtension", "DecideObjection",
  "DraftAgreement", "EndMediation", "EscalateDispute", "FailMediation", "FileObjection", "FlagRisk", "InviteJoint",
  "RateDispute", "RecordConfirmation", "RecordMinutes", "RecordPerformance", "RecordReturnVisit", "RedirectDispute",
  "ReopenDispute", "ReplaceMediator", "ReplyToSupervision", "ReportBreach", "ReportDispute", "RequestConfirmation",
  "RespondToSession", "ResumeClock", "ReturnDispute", "ScheduleSession", "SendDownDispute", "StartMediation",
  "SuspendClock", "TriageDispute", "UrgeDispute",
]);
