"""Elementary functions without branches, so that LLVM turns loops over them into vector code.

Numba's wheels come without a vector mathematics library: `math.exp` in a loop stays scalar. These
are polynomials over fused multiply-adds. For compiled modules only (imports Numba).
"""
