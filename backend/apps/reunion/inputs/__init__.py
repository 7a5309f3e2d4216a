"""What clients send. Ids are text until a command has looked them up."""

from __future__ import annotations

from backend.apps.reunion.inputs.cases import (
    AddPictureInput,
    AlarmCaseInput,
    ArrangeReturnInput,
    BasisInput,
    ChooseFaceInput,
    CorrectFactsInput,
    DecideSearchInput,
    FactsInput,
    HandOverInput,
    ProofInput,
    RegisterFoundInput,
    ReportMissingInput,
    RequestSearchInput,
    ReunionCaseFilter,
    ReunionStepInput,
    RevealReporterInput,
    ReviewCandidateInput,
)

__all__ = [
    "AddPictureInput",
    "AlarmCaseInput",
    "ArrangeReturnInput",
    "BasisInput",
    "ChooseFaceInput",
    "CorrectFactsInput",
    "DecideSearchInput",
    "FactsInput",
    "HandOverInput",
    "ProofInput",
    "RegisterFoundInput",
    "ReportMissingInput",
    "RequestSearchInput",
    "ReunionCaseFilter",
    "ReunionStepInput",
    "RevealReporterInput",
    "ReviewCandidateInput",
]
