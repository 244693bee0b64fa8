"""What a person sees when the platform is ready."""

from launcher.observers import observers
from launcher.settings import Settings

DEMO_LOGIN, DEMO_PASSWORD = "ada", "broadsheet-demo"  # what `broadsheet auth demo` has registered


def greet(settings: Settings) -> None:
    """Print where to read, write, build and look, the demo account, and a first request."""
    public = settings.environment["PUBLIC_URL"]
    seen = "".join(f"  {server.name.title():9} {server.url}\n" for server in observers(settings, []))
    print(
        f"""
Broadsheet is ready ({settings.mode} mode).

  Read      {public}/posts
  Write     {public}/studio  as {DEMO_LOGIN}, with the password {DEMO_PASSWORD}
  Build     {public}/docs
  Status    {public}/  (make status: each process, make logs: what it says, make down: stop)
{seen}
Log in from a program:
  curl -s {public}/api/v1/auth/jwt/create -H 'Content-Type: application/json' \\
    -d '{{"login": "{DEMO_LOGIN}", "password": "{DEMO_PASSWORD}"}}'
"""
    )
