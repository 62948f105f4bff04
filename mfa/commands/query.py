"""`magnus query`: ask one declared query of one feature, as the pages and the turns do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import click


@click.command()
@click.argument("feature", required=False)
@click.argument("query_name", metavar="[QUERY]", required=False)
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with provenance.")
@click.pass_context
def query(
    context: click.Context,
    feature: str | None,
    query_name: str | None,
    params: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click's
) -> None:
    """Ask QUERY of FEATURE, for example: magnus query positions get_details -p symbols=KO

    Without arguments, list what can be asked. A parameter that takes several values is given
    several times. Ends with 1 when the source could not be asked.
    """
    # Deferred: the whole house.
    from mfa.answers.sources import source_line  # noqa: PLC0415
    from mfa.commands.session import assistant  # noqa: PLC0415
    from mfa.data.outcomes import outcome_to_json  # noqa: PLC0415
    from mfa.kernel.outcome import Absent, Found  # noqa: PLC0415

    with assistant() as opened:
        if feature is None or query_name is None:
            for each in opened.data.registry.queries():
                if feature in (None, each.feature):
                    click.echo(f"{each.full_name:36} {each.query.description}")
            return
        declared = opened.data.registry.find(feature, query_name)
        given = typed_values(params, declared.query.params.model_json_schema())
        outcome = opened.data.query(feature, query_name, given, user=opened.settings.user)
    if as_json:
        click.echo(json.dumps(outcome_to_json(outcome), ensure_ascii=False))
    elif isinstance(outcome, Found):
        click.echo(json.dumps(outcome.value.model_dump(mode="json"), indent=2, ensure_ascii=False))
        click.echo(source_line(outcome.provenance), err=True)
    else:
        click.echo(outcome.reason if isinstance(outcome, Absent) else outcome.message, err=True)
    context.exit(0 if isinstance(outcome, Found | Absent) else 1)


def typed_values(params: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The typed words by name; a list where the query takes several values."""
    words: dict[str, list[str]] = defaultdict(list)
    for param in params:
        name, sign, value = param.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{param!r} is not NAME=VALUE.")
        words[name].append(value)
    fields = schema.get("properties", {})
    values: dict[str, Any] = {}
    for name, given in words.items():
        if _takes_several(fields.get(name, {})):
            values[name] = given
        elif len(given) == 1:
            values[name] = given[0]
        else:
            raise click.UsageError(f"{name} takes one value.")
    return values


def _takes_several(field: Mapping[str, Any]) -> bool:
    return any(option.get("type") == "array" for option in (field, *field.get("anyOf", ())))
