"""Where on the map a clue lies, if its author stood there."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("oversight", "0003_more")]

    initial = False

    operations = [
        ops.AddField(model_name="Clue", name="latitude", field=fields.FloatField(null=True)),
        ops.AddField(model_name="Clue", name="longitude", field=fields.FloatField(null=True)),
        # Both or none.
        ops.RunSQL("alter table oversight_clue add constraint oversight_clue_position check ((latitude is null) = (longitude is null))"),
    ]
