"""Templates speak the parameter names of the connectors that are there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import connectors
from connectors.base import DataConnector, Query
from mfa.language.catalogue import load_catalogue
from mfa.language.plan_templates import load_templates


def _declared() -> dict[tuple[str, str], Query]:
    found: dict[tuple[str, str], Query] = {}
    for info in pkgutil.iter_modules(connectors.__path__):
        if info.ispkg:
            continue
        module = importlib.import_module(f"connectors.{info.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, DataConnector) and member is not DataConnector:
                found |= {(member.name, name): query for name, query in member.queries.items()}
    return found


def test_every_parameter_of_a_template_is_one_of_its_query() -> None:
    declared = _declared()
    checked = 0
    for templates in load_templates(load_catalogue()).values():
        for template in templates:
            query = declared.get((template.feature, template.query))
            if query is not None:
                checked += 1
                assert set(template.params) <= set(query.params.model_fields), template.query
    assert checked >= 11


def test_every_declared_feature_has_the_queries_that_templates_name() -> None:
    declared = _declared()
    present = {feature for feature, _ in declared} & {"dashboard", "positions", "education"}
    first = {"portfolio_status", "profit_loss", "trade_history", "position_details"}
    first |= {"profit_target_check", "assignment_check", "explain_concept", "learn_strategy"}
    for intent in first:
        for template in load_templates(load_catalogue())[intent]:
            if template.feature in present:
                assert (template.feature, template.query) in declared
