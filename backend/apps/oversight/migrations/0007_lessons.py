"""What closed cases teach, and 协查函 of an investigation."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.apps.oversight.enums import Field, LessonKind, LessonState
from backend.kernel.db.fields import CodeField, CountyField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IN_STAFF_SCOPE, READ_WRITE, Access, Reference, TenantTable, for_purpose

#: Published, everybody of the county reads it, a township's officers too.
PUBLISHED = (
    "state = 'PUBLISHED' and county = any ((select string_to_array(current_setting('app.counties', true), ','))::bpchar[])"
)
LESSON = TenantTable(
    "oversight_lesson",
    staff=Access(READ_WRITE, f"{IN_STAFF_SCOPE} or {PUBLISHED}", IN_STAFF_SCOPE),
    references=(Reference("clue_id", "oversight_clue"),),
    unique=("county, code",),
    indexes=("(county, updated_at desc, id)", "(clue_id, county)"),
    checks={
        "published_ones_were_approved": "(published_at is null) = (approved_by is null)",
        "approved_by_another": "approved_by is null or approved_by <> drafted_by",
        "published_before_it_is_taken_down": "state not in ('PUBLISHED', 'TAKEN_DOWN') or published_at is not null",
    },
)
ANY = for_purpose("'oversight'")
CASES = for_purpose("'oversight_case'")


def _reach(condition: str, verb: str) -> str:
    word = "with check" if verb == "insert" else "using"
    return f"create policy reach_{verb} on oversight_lesson as restrictive for {verb} to shanzhi_staff {word} ({condition})"


#: Drafts, and what was taken down, are the procuratorate's; it alone writes.
REACH = [_reach(f"{CASES} or {ANY} and state = 'PUBLISHED'", "select"), _reach(CASES, "insert"), _reach(CASES, "update")]
#: A letter of the investigation, which names what is looked for.
ASSISTANCE = (
    "create policy oversight_assistance on paper as restrictive for select to shanzhi_staff using "
    f"(app <> 'oversight' or template <> 'assistance' or {CASES})"
)


class Migration(migrations.Migration):
    dependencies = [("oversight", "0006_suggestions_security")]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lesson',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('code', CodeField(generated=False, null=False, unique=False)),
                ('version', fields.IntField(default=1)),
                ('state', fields.CharEnumField(description='DRAFTED: DRAFTED\nPUBLISHED: PUBLISHED\nREFUSED: REFUSED\nTAKEN_DOWN: TAKEN_DOWN', enum_type=LessonState, max_length=12)),
                ('kind', fields.CharEnumField(description='TYPICAL_CASE: TYPICAL_CASE\nRULE_PROPOSAL: RULE_PROPOSAL\nMODEL: MODEL', enum_type=LessonKind, max_length=16)),
                ('field', fields.CharEnumField(description='ENVIRONMENT: ENVIRONMENT\nFOOD_DRUG: FOOD_DRUG\nSTATE_PROPERTY: STATE_PROPERTY\nLAND: LAND\nWORK_SAFETY: WORK_SAFETY\nMINORS: MINORS\nWOMEN: WOMEN\nACCESSIBILITY: ACCESSIBILITY\nPERSONAL_INFORMATION: PERSONAL_INFORMATION\nHERITAGE: HERITAGE\nMARTYRS: MARTYRS\nGOVERNANCE: GOVERNANCE\nJUSTICE: JUSTICE\nOTHER: OTHER', enum_type=Field, max_length=24)),
                ('clue_id', fields.UUIDField()),
                ('title', fields.TextField(unique=False)),
                ('summary', fields.TextField(unique=False)),
                ('text', fields.TextField(unique=False)),
                ('opinion', fields.TextField(default='', unique=False)),
                ('drafted_by', fields.UUIDField()),
                ('approved_by', fields.UUIDField(null=True)),
                ('drafted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('published_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'oversight_lesson', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'A typical case, a proposal for a rule, or a model of supervision, drawn from a closed case. Published, whoever works with'},
            bases=['TenantModel'],
        ),
        ops.AlterModelOptions(
            name='Signer',
            options={'table': 'oversight_signer', 'app': 'oversight', 'pk_attr': 'id', 'table_description': 'A deputy who raised a suggestion or signed it. Append-only.'},
        ),
        ops.RunSQL(LESSON.statements()),
        ops.RunSQL([*REACH, ASSISTANCE]),
    ]
