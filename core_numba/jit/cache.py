"""The disk cache of kernels, loaded in a fraction of the time that Numba's own takes.

Two things are left out. The bitcode that Numba keeps beside the machine code, so that other
functions can be linked against it: entry points are called from Python only, and parsing it is half
of a load. And the set-up of the compiler itself, 0.3 seconds that a process needs for compiling but
not for loading; a kernel that is not in the cache still gets it.

This leans on names inside Numba (the lock pins its version; a test loads every kernel this way).
"""

from __future__ import annotations

from typing import Any, Final

import llvmlite.binding as llvm
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.runtime.nrt import rtsys

_NOTHING: Final = llvm.parse_assembly("").as_bitcode()


class _CodeOnly(CompileResultCacheImpl):
    def reduce(self, cres: Any) -> Any:
        library, *rest = super().reduce(cres)  # type: ignore[no-untyped-call]
        name, kind, (code, _) = library
        return ((name, kind, (code, _NOTHING)), *rest)


class KernelCache(FunctionCache):
    """One kernel's. Missing, unreadable and outdated files are a miss, as in Numba's own."""

    _impl_class = _CodeOnly

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # the memory manager that machine code calls
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        return None
