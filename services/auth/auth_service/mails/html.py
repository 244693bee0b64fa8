"""The HTML of a mail, made of its plain text, so that the two never differ. Nothing is loaded from anywhere."""

from html import escape

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body>
{paragraphs}
</body></html>
"""


def as_html(text: str, *, subject: str, language: str) -> str:
    """A paragraph for each that an empty line ends; one that is a URL becomes a link."""
    paragraphs = "\n".join(_paragraph(part) for part in text.strip().split("\n\n"))
    return _PAGE.format(language=language, subject=escape(subject), paragraphs=paragraphs)


def _paragraph(part: str) -> str:
    escaped = escape(part).replace("\n", "<br>")
    is_link = part.startswith(("https://", "http://")) and len(part.split()) == 1
    return f'<p><a href="{escaped}">{escaped}</a></p>' if is_link else f"<p>{escaped}</p>"
