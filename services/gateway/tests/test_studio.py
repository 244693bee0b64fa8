"""The studio as it is served: its parts are whole, kept for good, and alone in the page."""

import re

import httpx


def test_page_and_all_its_parts_are_there(stranger: httpx.Client) -> None:
    page = stranger.get("/studio")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    wanted = re.findall(r'(?:src|href)="(/studio/[^"]+)"', page.text)
    seen = set()
    while wanted:
        address = wanted.pop()
        seen.add(address)
        part = stranger.get(address)
        assert part.status_code == 200, address
        assert part.headers["cache-control"] == "public, max-age=31536000, immutable"
        folder = address.rpartition("/")[0]
        named = re.findall(r'(?:from|import|URL\()\s*"(?:\./)?([a-z]+\.(?:js|css))"', part.text)
        wanted += [f"{folder}/{name}" for name in named if f"{folder}/{name}" not in seen]
    assert len(seen) > 10


def test_policy_lets_nothing_foreign_run(stranger: httpx.Client) -> None:
    policy = stranger.get("/studio").headers["content-security-policy"].split("; ")
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in " ".join(policy)


def test_what_is_no_part_is_no_page(stranger: httpx.Client) -> None:
    assert stranger.get("/studio/app.js").status_code == 404
    assert stranger.get("/studio/0000000000000000/app.js").status_code == 404


def test_both_languages_say_the_same(stranger: httpx.Client) -> None:
    page = stranger.get("/studio").text
    folder = re.findall(r'src="(/studio/[^"]+)/app.js"', page)[0]
    phrases = stranger.get(f"{folder}/phrases.js").text
    english, german = (
        {
            name: set(re.findall(r"\{(\w+)\}", text))
            for name, text in re.findall(r'^  (\w+): "(.*)",$', part, re.MULTILINE)
        }
        for part in phrases.partition("const GERMAN")[::2]
    )
    assert english == german
    assert len(english) > 100
