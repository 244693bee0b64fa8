from django.apps import AppConfig


class DeletionsConfig(AppConfig):
    name = "auth_service.deletions"
    label = "deletions"
    verbose_name = "Deletions"

    def ready(self) -> None:
        from auth_service.deletions.links import receipt_in_mail  # noqa: PLC0415  models are ready now
        from auth_service.mails.links import OWN_LINKS  # noqa: PLC0415
        from auth_service.mails.models import Kind  # noqa: PLC0415

        OWN_LINKS[Kind.DELETION_BEGUN] = receipt_in_mail
