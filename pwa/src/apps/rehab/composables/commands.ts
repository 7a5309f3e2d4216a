/** Operations that may wait in the outbox; each has a name in the locale files (rehab.command.…). */
export const personCommands: readonly string[] = [
  "AskFurtherReview", "AskLaboratory", "BlowWhistle", "CompleteRehabTask", "ConsentToFace", "EnrolFace", "ExtendLeave", "FileLeave", "FileRehabRequest",
  "InviteFamily", "ObjectToRehab", "RaiseAlarm", "RetakeCheckIn", "ReturnFromLeave", "SendCheckInAnyway", "SubmitCheckIn", "WithdrawFace", "WithdrawLeave",
  "WithdrawRehabRequest",
];

/** The staff's. */
const staff = [
  "AssignRehabLink", "BeginFollowUp", "CloseWhistle", "ConfirmBreach", "ConfirmFace", "ConfirmPoints", "DecideBand", "DecideFurtherReview",
  "DecideLeave", "DecideRehabObjection", "DecideRehabRequest", "DemandCheckIn", "DraftTreatmentAgreement", "ExcuseRehabTask", "ExitRehabCase",
  "FindRelapse", "LogOfflineLookups", "NoteBreach", "OrderIsolation", "OverrideBand", "RecordDrugTest", "RecordLabResult", "RecordNotReported",
  "RecordPoints", "ReportIn", "ReportSeriousBreach", "ResumeRehabCase", "ReviewCheckIn", "SettleBreach", "SettleRelapse", "SignCasePaper",
  "StartSupervision", "SuspendRehabCase", "TakeRehabRequest", "TerminateRehabCase",
];

export const commands: ReadonlySet<string> = new Set([...personCommands, ...staff]);
