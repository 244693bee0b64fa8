"""What a service publishes: the tuple PUBLISHES in ``<service>_service.events``, a module that every service has.

Found by its name, as ``broadsheet <service> …`` finds commands: nobody has to be told, and tests reset nothing.
"""

import importlib
import importlib.util

from chassis.events.envelope import EventRefused
from chassis.events.types import EventData


def require_listed(data_class: type[EventData]) -> None:
    """Raise EventRefused for a class that is not in its service's PUBLISHES: nobody was promised such an event."""
    declared = data_class.event_type
    service = f"{declared.producer}_service"
    if importlib.util.find_spec(service) is None:
        raise EventRefused(f"{declared.name}: there is no {service} here, which alone may publish it")
    if data_class not in importlib.import_module(f"{service}.events").PUBLISHES:
        raise EventRefused(f"{declared.name}: add {data_class.__name__} to PUBLISHES in {service}/events.py")
