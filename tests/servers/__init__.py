"""Loopback servers that speak vendors' protocols, with faults to inject."""
