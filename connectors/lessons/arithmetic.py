"""Arithmetic for worked examples: a small expression language over named numbers.

Entries of the library are data, so their sums are too; this evaluates them. It knows numbers,
names, + - * / **, unary minus and the functions below, and refuses everything else: an expression
can reach nothing but its numbers.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from core_numba.european import Greeks, black_scholes
from core_numba.normal import Floats
from mfa.kernel.errors import ConfigurationError

DAYS_PER_YEAR: Final = 365.0


def _model(
    pick: Callable[[Greeks], Floats], sign: float, scale: float = 1.0
) -> Callable[..., float]:
    """A function of (spot, strike, days, volatility in percent, rate in percent = 0)."""

    def value(
        spot: float, strike: float, days: float, vol_pct: float, rate_pct: float = 0.0
    ) -> float:
        greeks = black_scholes(
            spot, strike, days / DAYS_PER_YEAR, rate_pct / 100, 0.0, vol_pct / 100, sign
        )
        return float(pick(greeks)) * scale

    return value


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


FUNCTIONS: Final[Mapping[str, Callable[..., float]]] = {
    "sqrt": math.sqrt,
    "log": math.log,
    "exp": math.exp,
    "abs": abs,
    "min": min,
    "max": max,
    "round": lambda x, digits=0: round(x, int(digits)),
    "normal": _normal,
    "call_price": _model(lambda g: g.price, 1.0),
    "put_price": _model(lambda g: g.price, -1.0),
    "call_delta": _model(lambda g: g.delta, 1.0),
    "put_delta": _model(lambda g: g.delta, -1.0),
    "gamma": _model(lambda g: g.gamma, 1.0),
    "vega": _model(lambda g: g.vega, 1.0, 0.01),
    "call_theta": _model(lambda g: g.theta, 1.0, 1.0 / DAYS_PER_YEAR),
    "put_theta": _model(lambda g: g.theta, -1.0, 1.0 / DAYS_PER_YEAR),
    "call_rho": _model(lambda g: g.rho, 1.0, 0.01),
    "put_rho": _model(lambda g: g.rho, -1.0, 0.01),
}
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def evaluate(expression: str, names: Mapping[str, float]) -> float:
    """The value of `expression`. `ConfigurationError` when it is not arithmetic or not finite."""
    try:
        value = _value(ast.parse(expression, mode="eval").body, names)
    except (SyntaxError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise _wrong(expression, str(error)) from error
    if not math.isfinite(value):
        raise _wrong(expression, "not a finite number")
    return value


def _wrong(expression: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"Library arithmetic {expression!r}: {what}.", "Correct the entry.")


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return float(FUNCTIONS[name](*(_value(a, names) for a in args)))
    raise ValueError("only numbers, names, + - * / ** and the listed functions are known")
