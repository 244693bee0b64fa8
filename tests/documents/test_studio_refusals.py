"""The studio says every refusal that it can meet in its author's language, and in both."""

import re

import rest_framework.fields
from chassis.problem_catalogue import catalogue
from media_service.pictures.refusals import Cause

from launcher import ROOT

SOURCE = (ROOT / "services/gateway/gateway_service/documents/studio/refusals.js").read_text()
SAID_BY_STATUS = {410, 413, 429, 502, 503, 504}
"""Statuses that api.js has a sentence for, whatever the code; a quota apart."""
NEVER_MET = """
asset_id_used author_not_found caller_not_listed checksum_mismatch co_authored_too_many deletion_not_found
delivery_not_found export_not_found follow_self follows_too_many image_not_found invalid_client invalid_target
month_not_found multipart_malformed page_not_found range_not_satisfiable rendition_failed service_token_invalid
signature_invalid since_invalid stale_token tag_not_found tag_taken totp_active totp_inactive totp_not_begun
unsupported_grant_type webhook_inactive webhook_not_found webhooks_too_many
"""
"""Of version 1 and RealWorld's, of feeds and pages, of what the studio has no buttons for, or between services."""
READ_OF_FIELDS = ("CharField", "UUIDField", "BooleanField", "ChoiceField", "DateTimeField", "IntegerField", "ListField")
FIELDS_NEVER_MET = """
conflicting look_alike not_the_author out_of_range reserved tag_not_found taken target_not_allowed too_many
unchanged
"""
"""Of accounts, webhooks, tags and co-authors, which are no fields of the studio's."""
WROTE_OF_FIELDS = re.compile(
    r'(?:FieldError|Fault)\((?:f?"[^"]*", |\w+, )?"(\w+)"|ValidationError\([^()]*(?:\([^()]*\))?[^()]*, "(\w+)"\s*\)'
)


def said(table: str) -> set[str]:
    """The names of a table of phrases, each of which has two: in English and in German."""
    body = SOURCE.partition(f"const {table} = {{\n")[2].partition("\n};")[0]
    pair = r'\["[^"]+", "[^"]+"\]|[A-Z_]+'
    lines = [line for line in body.splitlines() if not line.strip().startswith("//")]
    names = [re.fullmatch(rf"  (\w+): (?:{pair}),", line) for line in lines]
    assert all(names), [line for line, name in zip(lines, names, strict=True) if not name]
    return {name[1] for name in names if name}


def test_each_code_that_the_studio_can_meet_has_a_phrase() -> None:
    reasons = catalogue().gateway | catalogue().services
    by_code = {code for code, each in reasons.items() if each.status not in SAID_BY_STATUS} | {"quota_exceeded"}
    assert said("REASONS") == by_code - set(NEVER_MET.split())
    assert by_code.issuperset(NEVER_MET.split())


def test_each_cause_for_which_a_picture_is_refused_has_a_phrase() -> None:
    too_large = {Cause.BYTES, Cause.PIXELS, Cause.FRAMES, Cause.MEMORY}  # which is 413
    assert said("CAUSES") == set(Cause) - too_large


def test_each_code_of_a_field_has_a_phrase() -> None:
    files = [
        file
        for folder in ("services/auth/auth_service", "services/blog/blog_service", "chassis/src/chassis")
        for file in (ROOT / folder).rglob("*.py")
    ]
    written = {code for file in files for pair in WROTE_OF_FIELDS.findall(file.read_text()) for code in pair if code}
    assert {"past", "twice", "too_complex", "offset_missing", "characters"} <= written
    ours = [getattr(rest_framework.fields, name) for name in READ_OF_FIELDS]
    framework = {code for kind in ours for each in kind.__mro__ for code in getattr(each, "default_error_messages", ())}
    assert said("FIELDS") >= (written | framework) - set(FIELDS_NEVER_MET.split())
    assert written.issuperset(FIELDS_NEVER_MET.split())
