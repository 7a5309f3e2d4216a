from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("reunion", "0005_public")]

    initial = False

    operations = []
