"""The WSGI application (PEP 3333) that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")
application = get_wsgi_application()
