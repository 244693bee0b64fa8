from chassis.django.migration_operations import AddIndexConcurrently
from django.db import migrations, models

REPORTED = """
UPDATE comments_comment SET reported_at = CURRENT_TIMESTAMP WHERE reported_at IS NULL AND state <> 'removed' AND EXISTS (
    SELECT 1 FROM comments_report WHERE comments_report.comment_id = comments_comment.id
    AND (comments_comment.approved_at IS NULL OR comments_report.created_at > comments_comment.approved_at)
)
"""


class Migration(migrations.Migration):
    atomic = False  # an index that is made while traffic goes on
    dependencies = [("comments", "0003_reported_at")]

    operations = [
        migrations.RunSQL(REPORTED, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("reported_at__isnull", False)), fields=["created_at"], name="comment_reported"
            ),
        ),
    ]
