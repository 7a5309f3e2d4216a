"""Disputes stay unseen by officers who have no business in mediation, whatever their place; as other applications have it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import only_for_purpose

TABLES = (
    "mediation_agreement", "mediation_attendance", "mediation_briefing", "mediation_dispute", "mediation_instalment", "mediation_objection",
    "mediation_party", "mediation_rating", "mediation_relation", "mediation_responsibility", "mediation_return_visit",
    "mediation_score_entry", "mediation_session", "mediation_signal", "mediation_supervision_notice", "mediation_team_member",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("mediation", "0002_security"), ("kernel", "0004_faces_security")]

    operations = [ops.RunSQL([only_for_purpose(name, "'mediation'") for name in TABLES])]
