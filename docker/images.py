"""``make images`` builds the four images, ``make sbom`` lists what is in them, ``make images-check`` builds them twice.

VERSION (default ``dev``) is the tag, REGISTRY goes before the name, BASE is another Python to build on.
Needs Docker with BuildKit.
"""
# ruff: noqa: S603, S607, T201  it runs docker by name and prints what it made

import argparse
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from launcher.settings import SERVICES

ROOT = Path(__file__).parents[1]
INVENTORY = """
import importlib.metadata, json, pathlib
found = [{"type": "library", "name": item.name, "version": item.version, "purl": f"pkg:pypi/{item.name}@{item.version}"}
         for item in importlib.metadata.distributions()]
for record in pathlib.Path("/var/lib/dpkg/status.d").iterdir():
    fields = dict(line.split(": ", 1) for line in record.read_text().splitlines() if ": " in line and line[0] != " ")
    name, version = fields["Package"], fields["Version"]
    found.append({"type": "library", "name": name, "version": version, "purl": f"pkg:deb/debian/{name}@{version}"})
print(json.dumps(sorted(found, key=lambda item: item["purl"])))
"""


def image_name(service: str) -> str:
    """``[REGISTRY/]broadsheet/<service>:<VERSION>``."""
    registry = os.environ.get("REGISTRY", "").rstrip("/")
    return f"{registry + '/' if registry else ''}broadsheet/{service}:{os.environ.get('VERSION', 'dev')}"


def build(service: str, *options: str) -> None:
    """Build one image from the repository's files."""
    arguments = {"SERVICE": service, "VERSION": os.environ.get("VERSION", "dev"), "REVISION": _revision()}
    if base := os.environ.get("BASE"):
        arguments["BASE"] = base
    command = [
        "docker",
        "build",
        "--network",
        "host",
        "--file",
        "docker/service.Dockerfile",
        "--tag",
        image_name(service),
    ]
    for name, value in arguments.items():
        command += ["--build-arg", f"{name}={value}"]
    environment = os.environ | {"DOCKER_BUILDKIT": "1"}
    subprocess.run([*command, *options, "."], cwd=ROOT, check=True, env=environment)


def inspect(service: str) -> dict[str, Any]:
    """What Docker knows of a built image."""
    answer = subprocess.run(["docker", "image", "inspect", image_name(service)], stdout=subprocess.PIPE, check=True)
    described: dict[str, Any] = json.loads(answer.stdout)[0]
    return described


def differing_layers(service: str) -> list[int]:
    """Build twice without a cache; the numbers of the layers that came out differently, which should be none."""
    built = []
    for _ in range(2):
        build(service, "--no-cache")
        built.append(inspect(service)["RootFS"]["Layers"])
    return [number for number, (first, second) in enumerate(zip(*built, strict=True)) if first != second]


def bill_of_materials(service: str) -> dict[str, Any]:
    """The CycloneDX document of a built image: every Python distribution and Debian package in it."""
    run = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python", image_name(service), "-c", INVENTORY]
    answer = subprocess.run(run, stdout=subprocess.PIPE, check=True)
    component = {"type": "container", "name": image_name(service), "version": inspect(service)["Id"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, component['version'])}",
        "version": 1,
        "metadata": {"component": component},
        "components": json.loads(answer.stdout),
    }


def _revision() -> str:
    answer = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["build", "check", "sbom"])
    parser.add_argument("services", nargs="*", default=SERVICES, help="all four by default")
    arguments = parser.parse_args()
    for service in arguments.services or SERVICES:
        if arguments.verb == "build":
            build(service)
            print(f"{image_name(service)}  {inspect(service)['Size'] / 1e6:.0f} MB")
        elif arguments.verb == "check":
            if different := differing_layers(service):
                sys.exit(f"{image_name(service)}: layers {different} differ between two builds of the same input")
            print(f"{image_name(service)}  both builds have the same layers")
        else:
            target = ROOT / f"var/sbom/{service}.cdx.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(bill_of_materials(service), indent=1) + "\n")
            print(f"{target.relative_to(ROOT)}  written")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"`{' '.join(error.cmd[:2])} …` ended with code {error.returncode}; what it said stands above.")
