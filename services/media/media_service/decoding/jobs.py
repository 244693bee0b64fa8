"""What a decoding child can be asked to do. It has no other files than those it was given, and working files."""

import mmap
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from chassis.problems import Problem

from media_service.decoding import sandbox
from media_service.decoding.channel import Channel, Message
from media_service.pictures import vips
from media_service.pictures.cleaning import clean, format_of
from media_service.pictures.cutting import Cut, Rectangle
from media_service.pictures.foreign import HEAD
from media_service.pictures.layout import Layout, Limits
from media_service.pictures.memory import ROOM
from media_service.pictures.rendering import render, render_cut
from media_service.pictures.scratch import Scratch

UNLIMITED = Limits(pixels=sys.maxsize, frames=sys.maxsize, animation_pixels=sys.maxsize)
"""The bounds of pictures that were taken, perhaps when more was allowed."""
CUT_BYTES_A_PIXEL = 32
"""What drawing a part takes beside decoding: measured on WebP (28) and AVIF (31), of which JPEG takes half."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A job: what it is told, the picture it reads, and where it writes."""

    channel: Channel
    arguments: dict[str, Any]
    picture: IO[bytes]
    into: IO[bytes]
    scratch: Scratch


def answer(name: str, asked: Asked) -> Message:
    """What came of a job, also where the picture is at fault, or the disk."""
    try:
        return JOBS[name](asked)
    except Problem as refused:
        return {"refused": [refused.status, refused.code, refused.detail, refused.members]}
    except vips.Error as error:
        full = vips.disk_error(error)
        return {"os_error": full.errno} if full else {"undecodable": str(error)[-1000:]}
    except OSError as error:
        return {"os_error": error.errno}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a fault of ours is to be known where faults are reported
        return {"fault": traceback.format_exc()[-4000:]}


def _claim(asked: Asked, memory: int) -> None:
    """Wait until there is so much memory for this child, which then can have no more."""
    asked.channel.send({"claim": memory})
    asked.channel.receive()
    sandbox.hold_to(memory + ROOM)


def _clean(asked: Asked) -> Message:
    """Check and clean the picture."""
    picture = clean(asked.picture, Limits(**asked.arguments), asked.scratch, partial(_claim, asked))
    picture.file.seek(0)
    shutil.copyfileobj(picture.file, asked.into)
    asked.into.flush()
    return {
        "mime": picture.mime,
        "width": picture.width,
        "height": picture.height,
        "left_out": picture.left_out,
        "animated": picture.animated,
    }


def _render(asked: Asked) -> Message:
    """Draw the picture in the sizes that are asked for, one file after the other."""
    layout = _layout(asked)
    _claim(asked, layout.memory)
    drawn, placeholder = [], None
    for rendered in render(
        asked.picture, asked.arguments["mime"], asked.scratch, asked.arguments["sides"], asked.arguments["form"]
    ):
        asked.into.write(rendered.content)
        drawn.append([rendered.name, len(rendered.content), rendered.mime, rendered.width, rendered.height])
        placeholder = rendered.placeholder or placeholder
    asked.into.flush()
    return {"drawn": drawn, "placeholder": placeholder, "animated": layout.animated}


def _cut(asked: Asked) -> Message:
    """Draw a part of the picture."""
    cut = Cut(asked.arguments["side"], Rectangle(*asked.arguments["part"]))
    memory = _layout(asked).memory + cut.part.width * cut.part.height * CUT_BYTES_A_PIXEL
    if memory > asked.arguments["memory"]:
        return {"undecodable": "drawing so large a part of it would take too much memory"}
    _claim(asked, memory)
    form, quality = asked.arguments["form"], asked.arguments["quality"]
    rendered = render_cut(asked.picture, asked.arguments["mime"], asked.scratch, cut, form, quality)
    asked.into.write(rendered.content)
    asked.into.flush()
    return {"drawn": [[rendered.name, len(rendered.content), rendered.mime, rendered.width, rendered.height]]}


def _layout(asked: Asked) -> Layout:
    """How the picture is laid out, and what decoding it takes."""
    with mmap.mmap(asked.picture.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return format_of(data[:HEAD]).read(data, UNLIMITED)


JOBS: dict[str, Callable[[Asked], Message]] = {"clean": _clean, "render": _render, "cut": _cut}
