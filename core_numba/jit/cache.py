"""The disk cache of kernels, loaded in a fraction of the time that Numba's own takes.

Three things are left out. The bitcode that Numba keeps beside the machine code, so that other
functions can be linked against it: entry points are called from Python only, and parsing it is half
of a load; the names in it that loading needs are kept. The Python surroundings of every function
that an entry point has absorbed, twenty of them: only code that raises with values, prints or calls
back into Python looks at them, and kernels do none of that (the entry point's own are kept). And
the set-up of the compiler itself, 0.3 seconds that a process needs for compiling but not for
loading; a kernel that is not in the cache still gets it.

This leans on names inside Numba (the lock pins its version; tests load and call kernels this way).
"""

from __future__ import annotations

import logging
import pickle
from typing import Any, Final

import llvmlite.binding as llvm
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.runtime.nrt import rtsys

log = logging.getLogger(__name__)

_DAMAGED: Final = (
    pickle.UnpicklingError, EOFError, ImportError, AttributeError, LookupError, TypeError,
    ValueError,
)  # fmt: skip
"""What reading a pickle that is none can raise."""


class _CodeOnly(CompileResultCacheImpl):
    def reduce(self, cres: Any) -> Any:
        library, described, *rest, _ = super().reduce(cres)  # type: ignore[no-untyped-call]
        name, kind, (code, _) = library
        return ((name, kind, (code, _names(described))), described, *rest, ())


def _names(described: Any) -> bytes:
    """A module that defines what loading looks for by name, and nothing else.

    Numba takes an entry point's address, and sets the pointers to Python surroundings, only where
    it has seen the name defined; without either, a call would end the process.
    """
    entries = (
        described.llvm_func_name,
        described.llvm_cpython_wrapper_name,
        described.llvm_cfunc_wrapper_name,
    )
    lines = [f'@"{described.env_name}" = global i8 0']
    lines += [f'define void @"{name}"() {{ ret void }}' for name in dict.fromkeys(entries)]
    made: bytes = llvm.parse_assembly("\n".join(lines)).as_bitcode()
    return made


class KernelCache(FunctionCache):
    """One kernel's. Missing and outdated files are a miss, as in Numba's own; damaged ones too."""

    _impl_class = _CodeOnly

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # the memory manager that machine code calls
        try:
            with self._guard_against_spurious_io_errors():
                return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except _DAMAGED:
            log.warning("The kernel cache is damaged at %s; compiling anew.", self.cache_path)
            self.flush()  # type: ignore[no-untyped-call]
        return None
