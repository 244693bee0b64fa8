"""The processes themselves, as a person or a supervisor starts them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.testing import LocalServer, TokenMint, local_server
from media_service.database import Database
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Json

from tests.support.waiting import eventually
