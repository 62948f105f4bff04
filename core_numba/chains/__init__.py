"""Option chains in structure-of-arrays form: the forward by parity, and a scan of contracts."""

from core_numba.chains.parity import Forwards, parity_forwards
from core_numba.chains.scan import Scan, Weights, scan

__all__ = ["Forwards", "Scan", "Weights", "parity_forwards", "scan"]
