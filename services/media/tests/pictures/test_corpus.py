"""Every file of the corpus is taken or refused as it should be; what is taken shows itself, and tells nothing else."""

import pytest
from chassis.problems import Problem
from media_service.storage.store import EXTENSIONS
from media_service.testing.cleaned import Clean, Large, outcome
from media_service.testing.corpus import corpus
from media_service.testing.corpus.drawn import over_white
from media_service.testing.corpus.sample import NOTE, Either, Refused, Taken
from media_service.testing.drawn import difference, opened
from PIL import Image

CORPUS = corpus()
SAMPLES = {sample.name: sample for sample in CORPUS}
OF = {
    kind: [name for name, sample in SAMPLES.items() if isinstance(sample.outcome, kind)]
    for kind in (Taken, Refused, Either)
}
ENDS = (NOTE, b"Box Camera", b"GPS", b"<script", b"PK\3\4")


def test_there_are_enough_of_every_kind() -> None:
    assert len(SAMPLES) == len(CORPUS) >= 100
    assert {sample.outcome.mime for sample in SAMPLES.values() if isinstance(sample.outcome, Taken)} == set(EXTENSIONS)


@pytest.mark.parametrize("name", OF[Taken])
def test_it_is_taken_and_shows_itself(cleaned: Clean, large: Large, name: str) -> None:
    content, expected = SAMPLES[name].content, SAMPLES[name].outcome
    assert isinstance(expected, Taken)

    kept, stored = cleaned(content)

    assert (kept.mime, kept.width, kept.height) == (expected.mime, *expected.shows.size)
    assert (kept.left_out, kept.animated) == (expected.left_out, bool(expected.durations))
    assert not [end for end in ENDS if end in stored]
    image = opened(stored)
    assert durations(image) == expected.durations
    assert bool(image.info.get("icc_profile")) is expected.has_profile
    shown = over_white(large(content))
    assert shown.size == expected.shows.size
    assert difference(shown, expected.shows.convert("RGB")) < expected.within


def durations(image: Image.Image) -> tuple[int, ...]:
    """Of the frames, in milliseconds; none for a still."""
    frames = getattr(image, "n_frames", 1)
    found = []
    for number in range(frames if frames > 1 else 0):
        image.seek(number)
        image.load()
        found.append(round(image.info["duration"]))
    image.seek(0)
    return tuple(found)


@pytest.mark.parametrize("name", OF[Taken])
def test_what_is_kept_is_kept_as_it_is_if_it_is_sent_again(cleaned: Clean, name: str) -> None:
    _, stored = cleaned(SAMPLES[name].content)
    again, same = cleaned(stored)
    assert (same == stored, again.left_out) == (True, "")


@pytest.mark.parametrize("name", OF[Refused])
def test_it_is_refused_with_its_cause(cleaned: Clean, name: str) -> None:
    with pytest.raises(Problem) as refused:
        cleaned(SAMPLES[name].content)
    assert Refused(refused.value.status, (refused.value.members or {})["cause"]) == SAMPLES[name].outcome


@pytest.mark.parametrize("name", OF[Either])
def test_damage_is_refused_or_harmless(cleaned: Clean, large: Large, name: str) -> None:
    found = outcome(cleaned, SAMPLES[name].content)
    if not isinstance(found, Problem):
        assert min(large(found).size) > 0
