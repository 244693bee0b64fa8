"""Draws the page: charts as SVG within it, without a script, readable on a phone and in the dark."""

import time
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby, pairwise

from gateway_service.documents.html import html, policy
from gateway_service.status.panels import Line, Panel
from gateway_service.status.prometheus import Alert

MOST_SECONDS, LEAST_SECONDS = 3600, 600  # that a chart spans
REFRESH = '<meta http-equiv="refresh" content="15"><link rel="icon" href="data:,">'
MOST_LINES = 6
_WIDTH, _HEIGHT = 320, 96
_GAP_SECONDS = 90  # between points: nothing was seen, and no line is drawn
_COLOURS = ("#2f6fb0", "#b8562b", "#3b8a5a", "#8a4fa3", "#a98212", "#9c2a1c")  # told apart on both papers
_STYLE = (
    """
body { max-width: 72rem; font: 1rem/1.5 system-ui, sans-serif }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1.5rem 2rem }
figure { margin: 0 }
figcaption { font-weight: 600 }
svg { display: block; width: 100%; height: 6rem; border-bottom: 1px solid var(--line) }
polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke }
ul { margin: .3rem 0 0; padding: 0; list-style: none; font-size: .875rem }
.charts li { display: flex; gap: .5rem }
.charts li span { flex: 1; color: var(--quiet) }
.charts li::before { content: ""; flex: none; width: .9rem; height: 3px; margin-top: .6rem; background: var(--of) }
.most { float: right; color: var(--quiet); font-weight: normal }
.quiet { color: var(--quiet) }
.processes { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem }
.bad { color: var(--accent); font-weight: 600 }
""".strip()
    + "".join(f"\n.l{number} {{ stroke: {colour}; --of: {colour} }}" for number, colour in enumerate(_COLOURS))
)
POLICY = policy(_STYLE, images=b"data:")


def page(
    release: str, source: str, answering: Mapping[str, bool], alerts: Sequence[Alert] | None, charts: str
) -> bytes:
    """The page; ``source`` says where its figures come from, alerts are None where nobody knows of any."""
    main = (
        f'<p class="quiet">Release {escape(release)}. {source} Drawn {time.strftime("%H:%M:%S", time.gmtime())} UTC, '
        "anew every 15 seconds; rates and times are those of five minutes.</p>"
        f"{_alerts(alerts)}{_processes(answering)}{charts}"
    )
    return html("How the platform does", main, style=_STYLE, head=REFRESH)


def charts(drawn: Sequence[tuple[Panel, Sequence[Line]]], now: float) -> str:
    """The charts of the last hour, or of as much of it as there is."""
    oldest = min((line.points[0][0] for _, lines in drawn for line in lines if line.points), default=now)
    since = now - min(max(now - oldest, LEAST_SECONDS), MOST_SECONDS)
    return "".join(
        f'<h2>{escape(heading)}</h2><div class="charts">{"".join(_chart(*each, since, now) for each in under)}</div>'
        for heading, under in groupby(drawn, key=lambda each: each[0].heading)
    )


def value(number: float, unit: str) -> str:
    """A number as a person reads it, such as ``12.5 ms`` or ``3.2 /s``; units are Grafana's."""
    match unit:
        case "s" if number < 1:
            return f"{number * 1000:.3g} ms"
        case "s":
            return f"{number:.3g} s"
        case "reqps" | "ops":
            return f"{_short(number)} /s"
        case "percentunit":
            return f"{number * 100:.3g} %"
        case _:
            return _short(number)


def _short(number: float) -> str:
    return f"{number / 1000:.3g} k" if number >= 1000 else f"{number:.3g}"


def _alerts(alerts: Sequence[Alert] | None) -> str:
    if alerts is None:
        return ""
    if not alerts:
        return "<p>No alert fires.</p>"
    rows = (
        f'<li><b class="bad">{escape(alert.name)}</b> ({escape(alert.severity)}): {escape(alert.summary)} '
        f'<span class="quiet">{escape(alert.runbook)}</span>'
        for alert in alerts
    )
    return f"<h2>Alerts that fire</h2><ul>{''.join(rows)}</ul>"


def _processes(answering: Mapping[str, bool]) -> str:
    if not answering:
        return ""
    items = (
        f"<li>{escape(name)}" if well else f'<li class="bad">{escape(name)} does not answer'
        for name, well in sorted(answering.items())
    )
    return f'<h2>Processes</h2><ul class="processes">{"".join(items)}</ul>'


def _chart(panel: Panel, lines: Sequence[Line], since: float, now: float) -> str:
    seen = sorted((line for line in lines if line.points), key=lambda line: -line.points[-1][1])
    shown, title = seen[:MOST_LINES], escape(panel.title)
    if not shown:
        return f'<figure><figcaption>{title}</figcaption><p class="quiet">Nothing yet.</p></figure>'
    most = max(number for line in shown for _, number in line.points)
    drawn = "".join(_polylines(line, f"l{number}", since, now, most or 1) for number, line in enumerate(shown))
    legend = "".join(
        f'<li class="l{number}"><span>{escape(line.name) or "all"}</span>{value(line.points[-1][1], panel.unit)}'
        for number, line in enumerate(shown)
    )
    more = f'<li class="quiet">and {len(seen) - MOST_LINES} more' if len(seen) > MOST_LINES else ""
    return (
        f'<figure><figcaption>{title}<span class="most">up to {value(most, panel.unit)}</span></figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{title}, the last {(now - since) / 60:.0f} minutes">{drawn}</svg><ul>{legend}{more}</ul></figure>'
    )


def _polylines(line: Line, css: str, since: float, now: float, most: float) -> str:
    """One for each stretch without a gap."""
    stretches = [[line.points[0]]]
    for before, point in pairwise(line.points):
        if point[0] - before[0] > _GAP_SECONDS:
            stretches.append([])
        stretches[-1].append(point)
    return "".join(f'<polyline class="{css}" points="{_points(stretch, since, now, most)}"/>' for stretch in stretches)


def _points(points: Sequence[tuple[float, float]], since: float, now: float, most: float) -> str:
    return " ".join(
        f"{_WIDTH * (moment - since) / (now - since):.1f},{_HEIGHT - (_HEIGHT - 2) * number / most:.1f}"
        for moment, number in points
    )
