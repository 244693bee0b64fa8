"""The frame of the gateway's own pages: one style, readable on a phone and in the dark, and nothing that is loaded."""

from base64 import b64encode
from hashlib import sha256
from html import escape

_STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbf9f4; --ink: #1d1b18; --quiet: #625c52; --line: #d9d2c4; --accent: #9c2a1c
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #161513; --ink: #ece7dc; --quiet: #a59d90; --line: #3a3630; --accent: #f0927f }
}
body {
  margin: 0 auto; max-width: 46rem; padding: 1.5rem clamp(1rem, 4vw, 2rem) 4rem; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 Georgia, "Noto Serif", serif; overflow-wrap: break-word
}
h1 { margin: 0 0 1rem; padding-bottom: .75rem; border-bottom: 4px double var(--ink); line-height: 1.2 }
a { color: inherit; text-decoration-color: var(--accent); text-underline-offset: .18em }
a:hover { color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px }
code { font: .9em ui-monospace, "DejaVu Sans Mono", Consolas, monospace }
pre { padding: 1rem; overflow-x: auto; border: 1px solid var(--line); line-height: 1.45 }
table { width: 100%; border-collapse: collapse }
th { color: var(--quiet); font-weight: normal; text-align: left }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
@media (max-width: 46rem) {
  table { display: block; overflow-x: auto; font-size: .9375rem }
  th, td { padding-right: .6rem }
}
""".strip()


def policy(style: str = "", images: bytes = b"'self'") -> bytes:
    """The Content-Security-Policy of a page with this style beside the frame's, and images from there."""
    return (
        b"default-src 'none'; img-src " + images + b"; style-src 'sha256-" + _hash(_STYLE + style) + b"'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> bytes:
    return b64encode(sha256(text.encode()).digest())


POLICY = policy()


def html(title: str, main: str, *, style: str = "", head: str = "") -> bytes:
    """A page with this heading; ``main`` and what is added to its ``head`` are HTML, the title is not."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style>"
        f"<main><h1>{escape(title)}</h1>{main}</main></html>"
    ).encode()
