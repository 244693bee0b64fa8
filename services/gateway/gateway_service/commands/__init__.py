"""Every process and tool of the gateway, as ``broadsheet gateway <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast

import asyncio

from chassis.run import Command


def web(_arguments: list[str]) -> None:
    """Serve, in one process or by several workers."""
    import uvloop

    from gateway_service.settings import settings

    own = settings()
    if own.workers > 1:
        from gateway_service.workers.first_process import serve
    else:
        from gateway_service.server import serve
    uvloop.run(serve(own))


def check(arguments: list[str]) -> None:
    """Look at settings and configuration without serving."""
    from gateway_service.commands.check import main

    main(arguments)


def explain(arguments: list[str]) -> None:
    """Say what would be done to a request, and why."""
    from gateway_service.commands.explain import main

    asyncio.run(main(arguments))


def routes(arguments: list[str]) -> None:
    """Say what may be reached, who may, and how often."""
    from gateway_service.commands.routes import main

    main(arguments)


COMMANDS: dict[str, Command] = {"web": web, "check": check, "explain": explain, "routes": routes}
