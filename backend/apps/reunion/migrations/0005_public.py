from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("reunion", "0004_hands")]

    initial = False

    operations = []
