from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("reunion", "0003_desk")]

    initial = False

    operations = []
