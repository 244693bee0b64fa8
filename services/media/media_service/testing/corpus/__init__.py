"""Files of every kind that people have and that nobody should have, made by rule: the same at each run."""

from media_service.testing.corpus.heics import heics
from media_service.testing.corpus.jpegs import jpegs
from media_service.testing.corpus.pngs import pngs
from media_service.testing.corpus.refused import refused
from media_service.testing.corpus.sample import Sample
from media_service.testing.corpus.webs import webs


def corpus() -> list[Sample]:
    """All of them, each with what is to come of it."""
    return [*jpegs(), *pngs(), *webs(), *heics(), *refused()]
