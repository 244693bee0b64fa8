"""The ``events`` command, the same in every service: look at events and repair their flow.

Every verb has a module with ``declare``, which adds its arguments to the parser, and the functions that do it. Exit
codes: 0, 1 for a check that found something, 2 for arguments that make no sense and for what cannot be reached.
"""

import logging
import sys

from chassis import logging as chassis_logging
from chassis.events.commands.context import CommandContext
from chassis.events.commands.output import Output
from chassis.events.commands.verbs import parser
from chassis.events.inbox import DatabaseLost
from chassis.events.service import EventService
from chassis.events.transports import TransportLost
from chassis.settings import SettingsError


def main(service: EventService, arguments: list[str]) -> None:
    """Run ``broadsheet <service> events …``; raises SettingsError with a sentence, SystemExit when a check fails."""
    quiet = service.settings.model_copy(update={"log_level": "ERROR"})
    chassis_logging.configure(quiet, "events", sys.stderr)  # standard output is the answer's
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # what goes wrong there is said in a sentence
    if run(service, arguments):
        raise SystemExit(1)


def run(service: EventService, arguments: list[str]) -> bool:
    """Do what the arguments say and tell whether a check found something; raises SettingsError."""
    args = parser(service.name).parse_args(arguments)
    context = CommandContext(service, Output(as_json=args.json), args.database)
    try:
        return bool(args.run(context, args))
    except TransportLost as error:
        raise SettingsError(_sentence("EVENTS_URL cannot be used", error)) from error
    except DatabaseLost as error:
        raise SettingsError(_sentence(f"The database of {service.name} was lost", error.__cause__)) from error
    except SettingsError:
        raise
    except Exception as error:
        if not context.database.is_lost(error):
            raise
        raise SettingsError(_sentence(f"The database of {service.name} cannot be reached", error)) from error
    finally:
        context.close()


def _sentence(what: str, error: BaseException | None) -> str:
    return f"{what}: {' '.join(str(error).split()).rstrip('.')}."
