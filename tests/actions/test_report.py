"""A report holds every answer with its source, and names what it could not have."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from actions.catalogue.report import Section, html, markdown, section
from mfa.answers.blocks import Column, TableBlock, Unit
from mfa.kernel.outcome import Absent, Failed, FailureKind, Provenance

TABLE = TableBlock(
    title="Positions",
    columns=(Column(key="name", label="Name"), Column(key="value", label="Value", unit=Unit.USD)),
    rows=(("KO | 52 put", Decimal("-42.50")), ("<AMD>", Decimal(8229))),
    provenance=Provenance(source="test", as_of=datetime(2021, 6, 15, tzinfo=UTC)),
)
PARTS = (
    Section("Summary", figures=(("Cash", "$1,000.00"),), tables=(TABLE,), source="test · now"),
    section("Performance", Absent("Nothing was closed yet.")),
    section("Drawdowns", Failed(FailureKind.TIMEOUT, "No answer <in time>.")),
)


def test_markdown_keeps_tables_whole_and_names_what_is_missing() -> None:
    lines = markdown("Account report", "PRACTICE · today", PARTS).splitlines()
    assert lines[:3] == ["# Account report", "", "PRACTICE · today"]
    assert "- Cash: $1,000.00" in lines
    assert "| Name | Value |" in lines
    assert "| KO / 52 put | −$42.50 |" in lines
    assert "*test · now*" in lines
    assert "Not available: Nothing was closed yet." in lines


def test_html_escapes_whatever_stands_in_it() -> None:
    page = html("Account <report>", "PRACTICE & today", PARTS)
    assert page.startswith("<!doctype html>")
    assert "<h1>Account &lt;report&gt;</h1>" in page
    assert "<p>PRACTICE &amp; today</p>" in page
    assert "<td>&lt;AMD&gt;</td><td>$8,229.00</td>" in page
    assert "<li>Cash: <b>$1,000.00</b></li>" in page
    assert "<p>Not available: No answer &lt;in time&gt;.</p>" in page
    assert "<AMD>" not in page
