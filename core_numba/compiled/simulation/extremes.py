"""The smaller and the larger of two numbers (no NaN), one instruction each, and nothing else.

As a comparison and a choice, `kept = smaller(kept, new)` becomes a masked store of `new` in LLVM's
hands, which took a third of a walk's time on AVX2. Walks refuse NaN before they start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_DOUBLE = ir.DoubleType()
_TWO = ir.FunctionType(_DOUBLE, [_DOUBLE, _DOUBLE])


def _extreme(name: str) -> Callable[[float, float], float]:
    @intrinsic
    def function(_typing: Any, _x: Any, _y: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            callee = builder.module.declare_intrinsic(name, [_DOUBLE], _TWO)
            return builder.call(callee, values, fastmath=("nnan", "nsz"))

        return types.float64(types.float64, types.float64), emit

    return cast("Callable[[float, float], float]", function)


smaller: Final = _extreme("llvm.minnum")
larger: Final = _extreme("llvm.maxnum")
