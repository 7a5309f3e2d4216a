from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("reunion", "0002_security")]

    initial = False

    operations = []
