"""``manage_words.py SERVICE COMMAND WORDS…`` ends with 1 unless these are words of a Django command of the service."""

import importlib
import sys

service, name, *words = sys.argv[1:]
importlib.import_module(f"{service}_service.commands").shared.set_up()

from django.core.management import CommandError, get_commands, load_command_class  # noqa: E402  settings come first

apps = get_commands()
if name not in apps:
    sys.exit(f"{service} manage has no command {name}")
try:
    load_command_class(apps[name], name).create_parser("manage", name).parse_args(words)
except CommandError as error:
    sys.exit(str(error))
