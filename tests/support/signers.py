"""Who signs addresses of pictures on their own: the code of the how-to, in each of its languages."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.programs import program

PAGE = (Path(__file__).parents[2] / "docs/how-to/sign-picture-addresses.md").read_text()
CALLS = {
    "python": "import json, sys; print(signed_path(*json.load(sys.stdin)))",
    "javascript": 'console.log(signedPath(...JSON.parse(require("node:fs").readFileSync(0))));',
}
Sign = Callable[..., str]


def signer(language: str) -> Sign:
    """What the code of the how-to makes of a key, an asset and operations."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    run = [sys.executable, "-c"] if language == "python" else [program("node", "nodejs"), "-e"]

    def signed(*asked: str | int) -> str:
        command = [*run, f"{code}\n{CALLS[language]}"]
        return subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout[:-1]

    return signed
