"""The Celery application of media: its jobs, and when the recurring ones run."""

from chassis.jobs import celery_app

from media_service.settings import settings

app = celery_app(
    settings(),
    tasks=[
        f"media_service.{room}.tasks"
        for room in ("erasure", "exports", "keeping", "measuring", "renditions", "sweeping", "tus")
    ],
    schedule={
        "erasures": {"task": "erasures_run", "schedule": 15.0},
        "exports": {"task": "exports_make", "schedule": 15.0},
        "exports-purge": {"task": "exports_purge", "schedule": 600.0},
        "renditions": {"task": "renditions_requeue_stuck", "schedule": 20.0},
        "assets": {"task": "assets_sweep", "schedule": 600.0},
        "uploads": {"task": "uploads_sweep", "schedule": 600.0},
        "storage": {"task": "storage_sweep", "schedule": 3600.0},
        "storage-measure": {"task": "storage_measure", "schedule": 300.0},
        "storage-reconcile": {"task": "storage_reconcile", "schedule": 86400.0},
        "uses-reconcile": {"task": "uses_reconcile", "schedule": 86400.0},
    },
    outbox_url=settings().database_url,
    disks=settings().picture_disks,
)
